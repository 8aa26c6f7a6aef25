import type { Clock } from '../core/clock.ts'

/** The longest wait that setTimeout knows, in ms; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1

/** The clock of this page or process. Browsers hold its timers back while a page is hidden. */
export const realClock: Clock = {
  now: () => performance.now(),
  at(due, wake) {
    const timer = setTimeout(wake, Math.min(Math.ceil(Math.max(due - performance.now(), 0)), LONGEST))
    return () => clearTimeout(timer)
  },
}
