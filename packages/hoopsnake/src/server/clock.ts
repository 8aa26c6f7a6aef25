import type { Clock } from '../core/clock.ts'

/** The longest wait that setTimeout knows, in ms; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1

/**
 * Makes the clock of this machine: monotonic, untouched by changes of the time of day.
 *
 * A wake-up never comes early, and as a rule within 1 ms after it is due. A pending one keeps the process alive,
 * as what it is for does: whoever asked for it calls it off.
 */
export function realClock(): Clock {
  const now = (): number => performance.now()
  return {
    now,
    at(due, wake) {
      let timer: NodeJS.Timeout
      const wait = (): void => {
        // Whole milliseconds, at least one: less would be taken as one anyway.
        const left = Math.min(Math.max(Math.ceil(due - now()), 1), LONGEST)
        timer = setTimeout(() => {
          // Node counts from the start of the turn of its loop, so a timer may fire up to that much early.
          if (now() < due) wait()
          else wake()
        }, left)
      }
      wait()
      return () => clearTimeout(timer)
    },
  }
}

/** Gives the time of day, UTC, for people to read. Never for schedules. */
export function timeOfDay(): string {
  return new Date().toISOString()
}

/** Calls `run` once everything that has arrived by now is handed over. */
export function afterTurn(run: () => void): void {
  setImmediate(run)
}
