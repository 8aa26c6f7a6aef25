/*
 * whole    uint count · element*                  oldest first
 *
 * diff     uint dropped · uint pushed · element*
 *
 * column   see trailColumn.ts
 */
import { needBytes, needMax, needType } from './define.ts'
import { Malformed } from './errors.ts'
import { readOnto } from './splice.ts'
import { Trail } from './trail.ts'
import { trailColumn } from './trailColumn.ts'
import { check, compare, writeLast } from './trailFeed.ts'
import type { Type } from './type.ts'

/**
 * A {@link Trail} of at most `max` elements.
 *
 * Costs as many bytes as there are new elements, plus two; less where many trails move alike. A trail may be replaced
 * by another one; that may cost all its elements. Throws TypeError on elements that are not atoms or take no bytes,
 * RangeError on a bad `max`.
 */
export function trail<T>(type: Type<T>, max: number): Type<Trail<T>> {
  const form = 'trail(u8, 100)'
  needType(type, form)
  needBytes(type, form)
  needMax(max, form)
  // An element is looked at once, when it is new: one that could change later would change in silence.
  if (!type.atom) throw new TypeError(`${type.schema} may change after it was pushed; write e.g. ${form}`)
  return {
    schema: `trail(${type.schema},${max})`,
    least: 1,
    atom: false,
    write(w, value) {
      check(value, max)
      w.uint(value.length)
      writeLast(w, type, value, value.length)
      return value
    },
    read: (r) => new Trail(readOnto(r, type, max, [])),
    copy(value) {
      check(value, max)
      return value.twin()
    },
    diff(w, shadow, value) {
      check(value, max)
      const drop = compare(w, type, shadow, value)
      const push = value.length - shadow.length + drop
      if (drop > 0 || push > 0) {
        w.uint(drop)
        w.uint(push)
        writeLast(w, type, value, push)
      }
      shadow.follow(value)
      return shadow
    },
    patch(r, base) {
      const drop = r.uint()
      if (drop > base.length) throw new Malformed(`${drop} elements dropped of ${base.length}`)
      const value = base.twin()
      value.drop(drop)
      for (let left = r.count(max - value.length, type.least); left > 0; left--) value.push(type.read(r))
      return value
    },
    column: trailColumn(type, max),
    around: (part) => trail(part(type), max),
  }
}
