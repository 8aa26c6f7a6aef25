/**
 * A token bucket: so many per second, so many at once.
 *
 * Time is given in milliseconds, monotonic.
 */
export interface Bucket {
  /** Takes a token if there is one at `now`; says whether there was. */
  take(now: number): boolean
}

/**
 * Makes a bucket, full at first. `perSecond` > 0, `burst` ≥ 1.
 *
 * Refills continuously and without drift: what was taken is counted from the last moment the bucket was full,
 * so that no rounding adds up.
 */
export function createBucket({
  perSecond,
  burst,
}: {
  readonly perSecond: number
  readonly burst: number
}): Bucket {
  if (!(perSecond > 0 && perSecond < Infinity))
    throw new RangeError(`perSecond: ${perSecond}: give a number above 0`)
  if (!(burst >= 1 && burst < Infinity)) throw new RangeError(`burst: ${burst}: give a number from 1`)
  let full = -Infinity
  let taken = 0
  return {
    take(now) {
      const refilled = ((now - full) * perSecond) / 1000
      if (refilled >= taken) {
        full = now
        taken = 1
        return true
      }
      if (burst - taken + refilled < 1) return false
      taken += 1
      return true
    },
  }
}

/**
 * Counts what may happen now and then, but not too often: failures, restarts.
 *
 * Time in milliseconds, monotonic.
 */
export interface Tally {
  /**
   * Counts one at `now`; says whether that is allowed.
   *
   * It is if there were at most `most` within the last `within` milliseconds, this one included.
   */
  count(now: number): boolean
}

/**
 * Makes a tally: `most` ≥ 0, an integer; `within` > 0 milliseconds.
 *
 * Holds `most` times, never more.
 */
export function createTally({ most, within }: { readonly most: number; readonly within: number }): Tally {
  if (!(Number.isInteger(most) && most >= 0)) throw new RangeError(`most: ${most}: give an integer from 0`)
  if (!(within > 0)) throw new RangeError(`within: ${within}: give milliseconds above 0`)
  // The latest, oldest first; length ≤ most.
  const times: number[] = []
  return {
    count(now) {
      while (times.length > 0 && now - times[0]! >= within) times.shift()
      const allowed = times.length < most
      times.push(now)
      if (times.length > most) times.shift()
      return allowed
    },
  }
}
