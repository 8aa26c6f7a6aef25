import { createHeap, type Placed } from './heap.ts'

/**
 * A monotonic clock and its timer.
 *
 * The real ones are in `server/clock.ts` and `client/clock.ts`.
 */
export interface Clock {
  /**
   * Milliseconds since some moment, with a fraction.
   *
   * Never goes back; says nothing of the time of day.
   */
  now(): number
  /**
   * Calls `wake` once, at `due` or as soon after as possible.
   *
   * Never before this call returns. Returns the way to call it off.
   */
  at(due: number, wake: () => void): () => void
}

/** A span of time: milliseconds, or a number with ms, s, m or h, as `'30s'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`

const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Gives a duration in milliseconds. Throws RangeError on what is not one. */
export function milliseconds(duration: Duration): number {
  const [, digits, name] =
    /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(typeof duration === 'number' ? `${duration}ms` : duration) ?? []
  if (digits === undefined)
    throw new RangeError(`${duration} is not a duration; write milliseconds or '30s', '500ms', '2m', '1h'`)
  return Number(digits) * unit[name as keyof typeof unit]
}

/** A clock that stands until it is turned by hand; for tests and simulations. */
export interface VirtualClock extends Clock {
  /**
   * Moves time on by `ms`, calling what falls due on the way.
   *
   * In order, and each at its own time. Within such a call it says that the call takes `ms`: a stall. What
   * falls due meanwhile is called late.
   */
  advance(ms: number): void
  /** The time at which the next thing falls due, or undefined. */
  readonly next: number | undefined
}

/** Something that a virtual clock is to do. */
interface WakeUp extends Placed {
  readonly due: number
  readonly asked: number
  readonly wake: () => void
}

/** Makes a virtual clock that starts at `start` milliseconds. */
export function virtualClock(start = 0): VirtualClock {
  let now = start
  let calling = false
  let asked = 0
  // Things due together run in the order in which they were asked for.
  const waiting = createHeap<WakeUp>((a, b) => a.due < b.due || (a.due === b.due && a.asked < b.asked))
  return {
    now: () => now,
    at(due, wake) {
      const entry = { due: Math.max(due, now), asked: asked++, wake, place: -1 }
      waiting.put(entry)
      return () => waiting.remove(entry)
    },
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`advance(${ms}): time does not go back`)
      const end = now + ms
      if (calling) {
        now = end
        return
      }
      calling = true
      try {
        for (let next = waiting.first; next !== undefined && next.due <= end; next = waiting.first) {
          waiting.remove(next)
          now = Math.max(now, next.due)
          next.wake()
        }
        now = Math.max(now, end)
      } finally {
        calling = false
      }
    },
    get next() {
      return waiting.first?.due
    },
  }
}
