/*
 * whole            uint count · element*
 *
 * diff of atoms    runs: see splice.ts
 *
 * diff of others   uint kept · column · uint added · element*
 *                  the first `kept` elements stay, the column says how they changed; added ones come behind
 */
import { columnOf, diffColumn, Pairs, rowsOf } from './column.ts'
import type { Column } from './column.ts'
import { needBytes, needMax, needType } from './define.ts'
import { fromRow, Malformed, misfit, within } from './errors.ts'
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
  const column = columnOf(type)
  const made: Type<T[]> = {
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
      return type.atom ? diffRuns(w, type, shadow, value) : diffPlaces(w, { type, column }, shadow, value)
    },
    patch: (r, base) =>
      type.atom ? patchRuns(r, type, max, base) : patchPlaces(r, { type, column }, max, base),
    around: (part) => list(part(type), max),
  }
  // Most lists in a column stay as they are, which is soon seen where elements are atoms.
  return type.atom ? { ...made, column: { ...diffColumn(made), same: alike } } : made
}

function alike<T>(was: readonly T[], is: readonly T[]): boolean {
  const { length } = was
  if (!Array.isArray(is) || is.length !== length) return false
  for (let i = 0; i < length; i++) if (!Object.is(was[i], is[i])) return false
  return true
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

interface Elements<T> {
  readonly type: Type<T>
  readonly column: Column<T>
}

function diffPlaces<T>(w: Writer, { type, column }: Elements<T>, shadow: T[], value: T[]): T[] {
  const start = w.length
  const kept = Math.min(shadow.length, value.length)
  const pairs = new Pairs<T>()
  for (let i = 0; i < kept; i++) pairs.push(i, shadow[i]!, value[i]!)
  w.uint(kept)
  const middle = w.length
  try {
    column.diff(w, pairs, kept)
  } catch (error) {
    throw fromRow(error, (row) => row)
  }
  for (let i = 0; i < kept; i++) shadow[pairs.at[i]!] = pairs.was[i]!
  if (w.length === middle) {
    if (shadow.length === value.length) {
      w.length = start
      return shadow
    }
    w.hole(column.none)
  }
  w.uint(value.length - kept)
  writeFrom(w, type, value, kept)
  shadow.length = kept
  return copyFrom(type, value, kept, shadow)
}

function patchPlaces<T>(r: Reader, { type, column }: Elements<T>, max: number, base: readonly T[]): T[] {
  const kept = r.uint()
  if (kept > base.length) throw new Malformed(`${kept} elements kept of ${base.length}`)
  const value = base.slice(0, kept)
  column.patch(r, rowsOf(value))
  return readOnto(r, type, max, value)
}
