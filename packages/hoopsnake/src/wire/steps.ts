/*
 * How ordinals (numbers, names) change in a column. The first `which` says which rows changed; if none, it is all.
 *
 * of at most 16 values   which · values                               packed: see values.ts
 *
 * of more                which · u8 0 · value*                        whole, or
 *                        which · u8 width · which · step* · value*    by steps of `width` bits
 *
 * The second `which` says which of those went further than a step can: their values follow whole. The others moved by
 * one of 2^width steps from −2^(width−1) to 2^(width−1), 0 left out, counted from 0, in `width` (1, 2, 4, 8) bits each.
 */
import type { Column, Pairs, Rows } from './column.ts'
import { inRow, Malformed } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Ordinal, Type } from './type.ts'
import { readValues, valueAt, widthOf, writeValues } from './values.ts'
import { readWhich, writeWhich } from './which.ts'
import type { Writer } from './writer.ts'

/** Rows that changed, and by how many places each. Made once and used again. */
export interface Steps {
  readonly at: ArrayLike<number>
  readonly by: ArrayLike<number>
  count: number
}

/** Who went further than a step can. Overwritten by each use. */
const far: number[] = []

/** How an ordinal changes in a column. */
export function ordinalColumn<T>(type: Type<T>, ordinal: Ordinal<T>): Column<T> {
  const few = widthOf(ordinal) > 0
  const by: number[] = []
  return {
    none: 1,
    diff(w, pairs, rows) {
      const { at, was, is } = pairs
      const changed = gather(ordinal, pairs, by)
      if (changed === 0) return
      if (few) {
        writeWhich(w, at, changed, rows)
        writeValues(w, type, is, changed)
      } else writeSteps(w, type, { at, by, count: changed }, rows, (i) => is[i]!)
      for (let i = 0; i < changed; i++) was[i] = is[i]!
    },
    patch(r, rows) {
      const changed = readWhich(r, rows.count)
      if (changed.length === 0) return
      if (few) setAll(rows, changed, readValues(r, type, changed.length))
      else readSteps(r, type, { ordinal, changed, rows })
    },
    same: Object.is,
  }
}

/** Rounds all pairs, brings those that changed to the front, notes their steps, and returns how many they are. */
function gather<T>(ordinal: Ordinal<T>, pairs: Pairs<T>, by: number[]): number {
  const { at, was, is } = pairs
  let changed = 0
  let i = 0
  try {
    for (; i < pairs.count; i++) {
      const to = ordinal.indexOf(is[i]!)
      const step = to - ordinal.indexOf(was[i]!)
      is[i] = ordinal.at(to)
      if (step === 0) continue
      pairs.swap(changed, i)
      by[changed++] = step
    }
  } catch (error) {
    throw inRow(error, at[i]!)
  }
  return changed
}

/** Writes the column of an ordinal of more than 16 values. `valueOf` gives the new value of step `i`. */
export function writeSteps<T>(
  w: Writer,
  type: Type<T>,
  { at, by, count }: Steps,
  ...[rows, valueOf]: [rows: number, valueOf: (i: number) => T]
): void {
  writeWhich(w, at, count, rows)
  const { width, close } = narrowest(type.least, by, count)
  w.u8(width)
  if (width === 0) {
    for (let i = 0; i < count; i++) type.write(w, valueOf(i))
    return
  }
  const half = 1 << (width - 1)
  let away = 0
  if (close < count) for (let i = 0; i < count; i++) if (by[i]! < -half || by[i]! > half) far[away++] = i
  writeWhich(w, far, away, count)
  w.steps(by, count, width)
  for (let i = 0; i < away; i++) type.write(w, valueOf(far[i]!))
}

/** How wide steps are, and how many are no further than that. */
interface Width {
  readonly width: 0 | 1 | 2 | 4 | 8
  readonly close: number
}

/** Returns the width of steps that costs the fewest bytes, or 0 where whole values do. */
function narrowest(least: number, by: ArrayLike<number>, count: number): Width {
  let one = 0
  let two = 0
  let four = 0
  let eight = 0
  for (let i = 0; i < count; i++) {
    const size = Math.abs(by[i]!)
    if (size === 1) one++
    else if (size === 2) two++
    else if (size <= 8) four++
    else if (size <= 128) eight++
  }
  two += one
  four += two
  eight += four
  // A byte to say which went further, and another for each that did.
  const cost = (width: number, close: number): number =>
    1 + (close * width) / 8 + (count - close) * (least + 1)
  const cheapest = Math.min(cost(1, one), cost(2, two), cost(4, four), cost(8, eight))
  if (cheapest >= count * least) return { width: 0, close: 0 }
  // Of those that cost the same, the widest.
  if (cost(8, eight) === cheapest) return { width: 8, close: eight }
  if (cost(4, four) === cheapest) return { width: 4, close: four }
  return cost(2, two) === cheapest ? { width: 2, close: two } : { width: 1, close: one }
}

interface Changing<T> {
  readonly ordinal: Ordinal<T>
  /** The rows that changed. */
  readonly changed: readonly number[]
  readonly rows: Rows<T>
}

function readSteps<T>(r: Reader, type: Type<T>, { ordinal, changed, rows }: Changing<T>): void {
  const width = r.u8()
  if (width === 0) return setAll(rows, changed, readValues(r, type, changed.length))
  if (![1, 2, 4, 8].includes(width)) throw new Malformed(`steps of ${width} bits`)
  const half = 1 << (width - 1)
  const away = readWhich(r, changed.length).map((i) => changed[i]!)
  let next = 0
  // Both rise.
  const close = changed.filter((row) => row !== away[next] || (next++, false))
  const codes = r.bits(close.length, width)
  close.forEach((row, i) => {
    const code = codes[i]!
    const step = code < half ? code - half : code - half + 1
    rows.set(row, valueAt(ordinal, ordinal.indexOf(rows.get(row)) + step))
  })
  setAll(rows, away, readValues(r, type, away.length))
}

function setAll<T>(rows: Rows<T>, which: readonly number[], values: readonly T[]): void {
  which.forEach((row, i) => rows.set(row, values[i]!))
}
