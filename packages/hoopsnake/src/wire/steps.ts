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
import type { Column, Pairs } from './column.ts'
import { inRow, Malformed } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Ordinal, Type } from './type.ts'
import { readValues, valueAt, widthOf, writeValues } from './values.ts'
import { readWhich, writeWhich } from './which.ts'
import type { Writer } from './writer.ts'

/** Overwritten by each use: the steps of the rows that changed, those in bits, and who went further. */
const steps: number[] = []
const near: number[] = []
const far: number[] = []

/** How an ordinal changes in a column. */
export function ordinalColumn<T>(type: Type<T>, ordinal: Ordinal<T>): Column<T> {
  const few = widthOf(ordinal) > 0
  return {
    none: 1,
    diff(w, pairs, rows) {
      const changed = gather(ordinal, pairs)
      if (changed === 0) return
      writeWhich(w, pairs.at, changed, rows)
      if (few) writeValues(w, type, pairs.is, changed)
      else writeSteps(w, type, pairs, changed)
      for (let i = 0; i < changed; i++) pairs.was[i] = pairs.is[i]!
    },
    patch(r, base) {
      const value = [...base]
      const changed = readWhich(r, base.length)
      if (changed.length === 0) return value
      if (few) put(changed, value, readValues(r, type, changed.length))
      else readSteps(r, type, { ordinal, changed, value })
      return value
    },
    same: Object.is,
  }
}

/** Rounds all pairs, brings those that changed to the front, notes their steps, and returns how many they are. */
function gather<T>(ordinal: Ordinal<T>, pairs: Pairs<T>): number {
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
      steps[changed++] = step
    }
  } catch (error) {
    throw inRow(error, at[i]!)
  }
  return changed
}

function writeSteps<T>(w: Writer, type: Type<T>, { is }: Pairs<T>, changed: number): void {
  const width = narrowest(type.least, changed)
  w.u8(width)
  if (width === 0) return writeValues(w, type, is, changed)
  const half = 2 ** (width - 1)
  let close = 0
  let away = 0
  for (let i = 0; i < changed; i++) {
    const step = steps[i]!
    if (step < -half || step > half) far[away++] = i
    else near[close++] = step < 0 ? step + half : step + half - 1
  }
  writeWhich(w, far, away, changed)
  w.bits(near, close, width)
  for (let i = 0; i < away; i++) type.write(w, is[far[i]!]!)
}

/** Returns the width of steps that costs the fewest bytes, or 0 where whole values do. */
function narrowest(least: number, changed: number): 0 | 1 | 2 | 4 | 8 {
  let [one, two, four, eight] = [0, 0, 0, 0]
  for (let i = 0; i < changed; i++) {
    const size = Math.abs(steps[i]!)
    if (size > 128) continue
    eight++
    if (size > 8) continue
    four++
    if (size > 2) continue
    two++
    if (size === 1) one++
  }
  // A byte to say which went further, and another for each that did.
  const cost = (width: number, close: number): number =>
    1 + (close * width) / 8 + (changed - close) * (least + 1)
  let best: 0 | 1 | 2 | 4 | 8 = 0
  let cheapest = changed * least
  for (const [width, close] of [
    [8, eight],
    [4, four],
    [2, two],
    [1, one],
  ] as const) {
    if (cost(width, close) >= cheapest) continue
    cheapest = cost(width, close)
    best = width
  }
  return best
}

interface Changing<T> {
  readonly ordinal: Ordinal<T>
  /** The rows that changed. */
  readonly changed: readonly number[]
  /** All rows, to be changed. */
  readonly value: T[]
}

function readSteps<T>(r: Reader, type: Type<T>, { ordinal, changed, value }: Changing<T>): void {
  const width = r.u8()
  if (width === 0) return put(changed, value, readValues(r, type, changed.length))
  if (![1, 2, 4, 8].includes(width)) throw new Malformed(`steps of ${width} bits`)
  const half = 2 ** (width - 1)
  const away = readWhich(r, changed.length).map((i) => changed[i]!)
  let next = 0
  // Both rise.
  const close = changed.filter((row) => row !== away[next] || (next++, false))
  const codes = r.bits(close.length, width)
  close.forEach((row, i) => {
    const code = codes[i]!
    const step = code < half ? code - half : code - half + 1
    value[row] = valueAt(ordinal, ordinal.indexOf(value[row]!) + step)
  })
  put(away, value, readValues(r, type, away.length))
}

function put<T>(rows: readonly number[], onto: T[], values: readonly T[]): void {
  rows.forEach((row, i) => (onto[row] = values[i]!))
}
