/*
 * How trails change in a column. The first `which` says which rows changed; if none, it is all.
 *
 * column   which · which · (uint dropped · uint pushed)* · values
 *
 * Of those that changed, the second says which did other than drop one and push one: the counts are theirs. The values
 * are what was pushed in all of them, one row after the other: see values.ts.
 */
import type { Column, Rows } from './column.ts'
import { inRow, Malformed } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Trail } from './trail.ts'
import { TrailFeed } from './trailFeed.ts'
import type { Type } from './type.ts'
import { readValues } from './values.ts'
import { readWhich } from './which.ts'

/** How trails of at most `max` elements change in a column. */
export function trailColumn<T>(type: Type<T>, max: number): Column<Trail<T>> {
  const feed = new TrailFeed(type, max)
  return {
    none: 1,
    diff(w, { at, was, is, count }, rows) {
      let i = 0
      feed.begin()
      try {
        for (; i < count; i++) feed.row(w, at[i]!, was[i]!, is[i]!)
      } catch (error) {
        throw inRow(error, at[i]!)
      }
      feed.end(w, rows)
    },
    patch: (r, rows) => patchTrails(r, type, max, rows),
    feed,
  }
}

function patchTrails<T>(r: Reader, type: Type<T>, max: number, rows: Rows<Trail<T>>): void {
  const changed = readWhich(r, rows.count)
  if (changed.length === 0) return
  const apart = new Set(readWhich(r, changed.length))
  let total = 0
  const counts = changed.map((row, i) => {
    const [drop, push] = apart.has(i) ? [r.uint(), r.uint()] : [1, 1]
    const { length } = rows.get(row)
    if (drop > length || length - drop + push > max)
      throw new Malformed(`${drop} elements dropped and ${push} pushed of ${length}`)
    total += push
    return { drop, push }
  })
  const values = readValues(r, type, total)
  let next = 0
  changed.forEach((row, i) => {
    const { drop, push } = counts[i]!
    const trail = rows.get(row).twin()
    trail.drop(drop)
    for (const end = next + push; next < end; next++) trail.push(values[next]!)
    rows.set(row, trail)
  })
}
