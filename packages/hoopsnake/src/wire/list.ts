/*
 * whole            uint count · element*
 *
 * diff of atoms    runs: see splice.ts
 *
 * diff of others   uint kept · (uint gap · diff)* · 0 · uint added · element*
 *                  the first `kept` elements stay; `gap` (from 1) leads from one changed element to the next, at
 *                  first from before the first; added ones come behind
 */
import { needBytes, needMax, needType } from './define.ts'
import { Malformed, misfit, within } from './errors.ts'
import type { Reader } from './reader.ts'
import { diffRuns, patchRuns, readOnto } from './splice.ts'
import type { Type } from './type.ts'
import type { Writer } from './writer.ts'

/**
 * An array of at most `max` elements.
 *
 * Of immutable elements (numbers, texts) only what was taken out and put in travels, wherever it was. Of containers
 * elements are compared place by place: taking one out of the middle rewrites all behind it, so keep what comes
 * and goes in a `map`.
 *
 * Throws TypeError on elements that take no bytes, RangeError on a bad `max`.
 */
export function list<T>(type: Type<T>, max: number): Type<T[]> {
  needType(type, 'list(u8, 100)')
  needBytes(type, 'list(u8, 100)')
  needMax(max, 'list(u8, 100)')
  const check = (value: T[]): void => {
    if (!Array.isArray(value) || value.length > max) throw misfit(`an array of at most ${max}`, value)
  }
  return {
    schema: `list(${type.schema},${max})`,
    least: 1,
    atom: false,
    write(w, value) {
      check(value)
      w.uint(value.length)
      writeFrom(w, type, value, 0)
      return value
    },
    read: (r) => readOnto(r, type, max, []),
    copy(value) {
      check(value)
      return copyFrom(type, value, 0, [])
    },
    diff(w, shadow, value) {
      check(value)
      return type.atom ? diffRuns(w, type, shadow, value) : diffPlaces(w, type, shadow, value)
    },
    patch: (r, base) => (type.atom ? patchRuns(r, type, max, base) : patchPlaces(r, type, max, base)),
  }
}

/** Writes the elements from place `from` on, and rounds them. */
function writeFrom<T>(w: Writer, type: Type<T>, value: T[], from: number): void {
  let i = from
  try {
    for (; i < value.length; i++) {
      const x = type.write(w, value[i]!)
      if (!Object.is(x, value[i])) value[i] = x
    }
  } catch (error) {
    throw within(error, i)
  }
}

/** Copies the elements from place `from` on onto the end of `onto`, and returns that. */
function copyFrom<T>(type: Type<T>, value: readonly T[], from: number, onto: T[]): T[] {
  let i = from
  try {
    for (; i < value.length; i++) onto.push(type.copy(value[i]!))
  } catch (error) {
    throw within(error, i)
  }
  return onto
}

function diffPlaces<T>(w: Writer, type: Type<T>, shadow: T[], value: T[]): T[] {
  const start = w.length
  const kept = Math.min(shadow.length, value.length)
  let changed = shadow.length !== value.length
  w.uint(kept)
  let i = 0
  let last = -1
  try {
    for (; i < kept; i++) {
      const before = w.length
      w.uint(i - last)
      const head = w.length
      const x = type.diff(w, shadow[i]!, value[i]!)
      if (x !== shadow[i]) shadow[i] = x
      if (w.length > head) last = i
      else w.length = before
    }
  } catch (error) {
    throw within(error, i)
  }
  changed ||= last >= 0
  if (!changed) {
    w.length = start
    return shadow
  }
  w.u8(0)
  w.uint(value.length - kept)
  writeFrom(w, type, value, kept)
  shadow.length = kept
  return copyFrom(type, value, kept, shadow)
}

function patchPlaces<T>(r: Reader, type: Type<T>, max: number, base: readonly T[]): T[] {
  const kept = r.uint()
  if (kept > base.length) throw new Malformed(`${kept} elements kept of ${base.length}`)
  const value = base.slice(0, kept)
  let at = -1
  for (let gap = r.uint(); gap > 0; gap = r.uint()) {
    at += gap
    if (at >= kept) throw new Malformed(`a change to element ${at} of ${kept}`)
    value[at] = type.patch(r, base[at]!)
  }
  return readOnto(r, type, max, value)
}
