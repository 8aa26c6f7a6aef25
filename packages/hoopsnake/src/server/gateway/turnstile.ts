import { Bucket } from '../../core/limits.ts'

/** Lets so many clients in per second; the others are told when to come again. */
export interface Turnstile {
  /** Gives 0 for who may come in at `now`, else how many ms it is to wait before it dials again. */
  pass(now: number): number
}

/** Shortest wait, in ms: sooner is not worth a dial. */
const LEAST = 100

/** Longest wait, in ms. Who is told more often than that is told times that others have as well. */
const MOST = 10_000

/** Share of the rate that is promised to those who wait; the rest is for who comes meanwhile. */
const PROMISED = 0.8

/**
 * Makes a turnstile.
 *
 * Each who has to wait is told a time of its own, so that a herd comes back in single file: it finds the bucket refilled,
 * and there is no second wave.
 */
export function createTurnstile(rate: { readonly perSecond: number; readonly burst: number }): Turnstile {
  const bucket = new Bucket(rate)
  const apart = 1000 / (PROMISED * rate.perSecond)
  /** When the last one who waits is to come. */
  let last = -Infinity
  return {
    pass(now) {
      if (bucket.take(now)) return 0
      last = Math.max(last, now) + apart
      return Math.ceil(LEAST + ((last - now) % MOST))
    },
  }
}
