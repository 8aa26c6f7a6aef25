/*
 * How an array of atoms changes: runs of elements taken out and put in.
 *
 * diff   (uint skip + 1 · uint drop · uint count · element*)* · 0
 *
 * Keep `skip` elements, leave `drop` out, put `count` new ones in. What is left at the end is kept.
 */
import { Malformed, within } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Type } from './type.ts'
import type { Writer } from './writer.ts'

/** How far to look for the place where the old and the new array meet again. */
const SIGHT = 16

/** The part of an array that is still to be compared. */
interface Span<T> {
  readonly of: T[]
  at: number
  readonly end: number
}

/** Writes the runs that turn `shadow` into `value`, rounds `value`, advances `shadow` and returns it. */
export function diffRuns<T>(w: Writer, type: Type<T>, shadow: T[], value: T[]): T[] {
  const start = w.length
  const [a, b] = differing(shadow, value)
  if (a.at === a.end && b.at === b.end) return shadow
  const head = a.at
  round(w, type, b)
  let kept = 0
  while (a.at < a.end || b.at < b.end) {
    if (a.at < a.end && b.at < b.end && a.of[a.at] === b.of[b.at]) {
      a.at++
      b.at++
      continue
    }
    const [drop, put] = meeting(a, b)
    w.uint(a.at - kept + 1)
    w.uint(drop)
    w.uint(put)
    for (const end = b.at + put; b.at < end; b.at++) type.write(w, value[b.at]!)
    a.at += drop
    kept = a.at
  }
  if (w.length === start) return shadow
  w.u8(0)
  for (let i = head; i < value.length; i++) shadow[i] = value[i]!
  shadow.length = value.length
  return shadow
}

export function patchRuns<T>(r: Reader, type: Type<T>, max: number, base: readonly T[]): T[] {
  const value: T[] = []
  let at = 0
  for (let skip = r.uint(); skip > 0; skip = r.uint()) {
    const drop = r.uint()
    if (skip - 1 + drop > base.length - at)
      throw new Malformed(`a run beyond the end of ${base.length} elements`)
    for (const end = at + skip - 1; at < end; at++) value.push(base[at]!)
    at += drop
    readOnto(r, type, max, value)
  }
  for (; at < base.length; at++) value.push(base[at]!)
  if (value.length > max) throw new Malformed(`${value.length} elements where at most ${max} are due`)
  return value
}

/** Reads a count and as many elements, onto the end of `onto`. */
export function readOnto<T>(r: Reader, type: Type<T>, max: number, onto: T[]): T[] {
  for (let left = r.count(max - onto.length, type.least); left > 0; left--) onto.push(type.read(r))
  return onto
}

/** Returns the two arrays without what is alike at their beginnings and ends. */
function differing<T>(a: T[], b: T[]): [Span<T>, Span<T>] {
  let at = 0
  while (at < a.length && at < b.length && Object.is(a[at], b[at])) at++
  let alike = 0
  const most = Math.min(a.length, b.length) - at
  while (alike < most && Object.is(a[a.length - 1 - alike], b[b.length - 1 - alike])) alike++
  return [
    { of: a, at, end: a.length - alike },
    { of: b, at, end: b.length - alike },
  ]
}

/** Rounds a span in place. Only `write` says how, so it writes and takes the bytes back. */
function round<T>(w: Writer, type: Type<T>, { of, at, end }: Span<T>): void {
  const start = w.length
  let i = at
  try {
    for (; i < end; i++) {
      const x = type.write(w, of[i]!)
      if (!Object.is(x, of[i])) of[i] = x
      w.length = start
    }
  } catch (error) {
    throw within(error, i)
  }
}

/** Returns how many to leave out of `a` and put in from `b` so that both go on alike: the fewest, if near. */
function meeting<T>(a: Span<T>, b: Span<T>): [drop: number, put: number] {
  const left = a.end - a.at
  const right = b.end - b.at
  if (left === 0 || right === 0) return [left, right]
  for (let sum = 1; sum <= SIGHT; sum++) {
    for (let drop = Math.min(sum, left - 1); drop >= 0; drop--) {
      const put = sum - drop
      if (put >= right) break
      if (a.of[a.at + drop] === b.of[b.at + put]) return [drop, put]
    }
  }
  return [left, right]
}
