/*
 * How trails change in a column. The first `which` says which rows changed; if none, it is all.
 *
 * column   which · which · (uint dropped · uint pushed)* · values
 *
 * Of those that changed, the second says which moved on: dropped one and pushed one. The counts are those of the
 * others. The values are what was pushed in all of them, one row after the other: see values.ts.
 */
import type { Column } from './column.ts'
import { inRow, Malformed, misfit, Misfit, within } from './errors.ts'
import type { Reader } from './reader.ts'
import { Trail } from './trail.ts'
import type { Type } from './type.ts'
import { readValues, widthOf } from './values.ts'
import { readWhich, writeWhich } from './which.ts'
import type { Writer } from './writer.ts'

/** Throws Misfit unless it is a trail, and not too long. */
export function check(value: Trail<unknown>, max: number): void {
  if (!(value instanceof Trail)) throw misfit('a Trail: new Trail([…])', value)
  if (value.length > max) throw new Misfit(`expected a Trail of at most ${max}, got one of ${value.length}`)
}

/** Returns how many to drop from `shadow`: what comes then in `value` is to be pushed. */
export function compare<T>(w: Writer, type: Type<T>, shadow: Trail<T>, value: Trail<T>): number {
  if (!shadow.follows(value)) {
    // Rounds, so that elements can be compared.
    const start = w.length
    writeLast(w, type, value, value.length)
    w.length = start
  }
  return shadow.behind(value)
}

/** Writes the last `count` elements and rounds them. */
export function writeLast<T>(w: Writer, type: Type<T>, value: Trail<T>, count: number): void {
  let i = value.length - count
  try {
    for (; i < value.length; i++) {
      const x = type.write(w, value.at(i)!)
      if (!Object.is(x, value.at(i))) value.round(i, x)
    }
  } catch (error) {
    throw within(error, i)
  }
}

/** Overwritten by each use: who moved on, what the others dropped and pushed, places of elements. */
const moved: number[] = []
const drops: number[] = []
const pushes: number[] = []
const places: number[] = []

/** How trails of at most `max` elements change in a column. */
export function trailColumn<T>(type: Type<T>, max: number): Column<Trail<T>> {
  const { ordinal } = type
  const width = widthOf(ordinal)
  return {
    none: 1,
    diff(w, pairs, rows) {
      const { at, was, is } = pairs
      let changed = 0
      let movedOn = 0
      let i = 0
      try {
        for (; i < pairs.count; i++) {
          const shadow = was[i]!
          const value = is[i]!
          check(value, max)
          const drop = compare(w, type, shadow, value)
          const push = value.length - shadow.length + drop
          if (drop === 0 && push === 0) shadow.follow(value, 0, 0)
          else {
            if (drop === 1 && push === 1) moved[movedOn++] = changed
            drops[changed] = drop
            pushes[changed] = push
            pairs.swap(changed++, i)
          }
        }
        if (changed === 0) return
        writeWhich(w, at, changed, rows)
        writeWhich(w, moved, movedOn, changed)
        if (movedOn < changed) writeCounts(w, changed)
        let count = 0
        for (i = 0; i < changed; i++) {
          if (width === 0) writeLast(w, type, is[i]!, pushes[i]!)
          else count = is[i]!.placesOf(ordinal!, pushes[i]!, places, count)
        }
        w.bits(places, count, width)
      } catch (error) {
        throw inRow(error, at[i]!)
      }
      for (i = 0; i < changed; i++) was[i]!.follow(is[i]!, drops[i]!, pushes[i]!)
    },
    patch: (r, base) => patchTrails(r, type, max, base),
    same: (was, is) => was.level(is),
  }
}

function writeCounts(w: Writer, changed: number): void {
  for (let i = 0; i < changed; i++) {
    if (drops[i] === 1 && pushes[i] === 1) continue
    w.uint(drops[i]!)
    w.uint(pushes[i]!)
  }
}

function patchTrails<T>(r: Reader, type: Type<T>, max: number, base: readonly Trail<T>[]): Trail<T>[] {
  const value = [...base]
  const changed = readWhich(r, base.length)
  if (changed.length === 0) return value
  const ahead = new Set(readWhich(r, changed.length))
  let total = 0
  const counts = changed.map((row, i) => {
    const [drop, push] = ahead.has(i) ? [1, 1] : [r.uint(), r.uint()]
    const { length } = base[row]!
    if (drop > length || length - drop + push > max)
      throw new Malformed(`${drop} elements dropped and ${push} pushed of ${length}`)
    total += push
    return { drop, push }
  })
  const values = readValues(r, type, total)
  let next = 0
  changed.forEach((row, i) => {
    const { drop, push } = counts[i]!
    const trail = base[row]!.twin()
    trail.drop(drop)
    for (const end = next + push; next < end; next++) trail.push(values[next]!)
    value[row] = trail
  })
  return value
}
