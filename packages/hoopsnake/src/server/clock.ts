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

/** How long before a wake-up a precise clock stops sleeping in the event loop and waits in the thread, in ms. */
const LAST_STRETCH = 1.2

/** What a precise clock does not even sleep in the thread, in ms: Linux wakes 50 µs late to spare itself work (prctl(2), timer slack). */
const SLACK = 0.08

/**
 * Makes a clock whose wake-ups are less than a tenth of a millisecond late rather than one: for the ticks of rooms.
 *
 * It waits for the last millisecond in `Atomics.wait`, which costs no CPU, but blocks the thread for that long: a few
 * per cent of the time at 60 Hz. Whatever else the thread does is that much later. Less than a tenth of it is spun.
 */
export function preciseClock(): Clock {
  const coarse = realClock()
  const never = new Int32Array(new SharedArrayBuffer(4))
  return {
    now: () => coarse.now(),
    at(due, wake) {
      return coarse.at(due - LAST_STRETCH, () => {
        for (let left = due - coarse.now(); left > 0; left = due - coarse.now())
          if (left > SLACK) Atomics.wait(never, 0, 0, left - SLACK)
        wake()
      })
    },
  }
}

/**
 * Makes a clock whose wake-ups come at whole multiples of `grain` ms: up to that late, and many at once. A wake-up costs
 * more than most of what it is for.
 */
export function coarseClock(clock: Clock, grain: number): Clock {
  return {
    now: () => clock.now(),
    at: (due, wake) => clock.at(Math.ceil(due / grain) * grain, wake),
  }
}

/** Gives the time of day, UTC, for people to read. Never for schedules. */
export function timeOfDay(): string {
  return new Date().toISOString()
}

/** Gives the seconds since 1970, for what outlives the process. Never for schedules. */
export function date(): number {
  return Date.now() / 1000
}

/** Gives the time of day in ms since 1970, for what is kept while no server runs. Never for schedules. */
export function wallTime(): number {
  return Date.now()
}

/** Calls `run` once everything that has arrived by now is handed over. */
export function afterTurn(run: () => void): void {
  setImmediate(run)
}
