/** So many per second, so many at once. */
export interface Rate {
  /** > 0 */
  readonly perSecond: number
  /** ≥ 1 */
  readonly burst: number
}

/** Says what is wrong with a rate, and the right form. Undefined: nothing. */
export function whyNoRate({ perSecond, burst }: Rate): string | undefined {
  if (!(perSecond > 0 && perSecond < Infinity)) return `perSecond: ${perSecond}: give a number above 0`
  if (!(burst >= 1 && burst < Infinity)) return `burst: ${burst}: give a number from 1`
  return undefined
}

/**
 * A token bucket, full at first.
 *
 * Time is given in milliseconds, monotonic. Refills continuously and without drift: what was taken is counted from the
 * last moment the bucket was full, so that no rounding adds up. A class, because each connection has some.
 */
export class Bucket {
  readonly #rate: Rate
  #full = -Infinity
  #taken = 0

  /** Throws RangeError on a rate that is none. */
  constructor(rate: Rate) {
    const why = whyNoRate(rate)
    if (why !== undefined) throw new RangeError(why)
    this.#rate = rate
  }

  /** Takes a token if there is one at `now`; says whether there was. */
  take(now: number): boolean {
    const { perSecond, burst } = this.#rate
    const refilled = ((now - this.#full) * perSecond) / 1000
    if (refilled >= this.#taken) {
      this.#full = now
      this.#taken = 1
      return true
    }
    if (burst - this.#taken + refilled < 1) return false
    this.#taken += 1
    return true
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
