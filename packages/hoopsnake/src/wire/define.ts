import { show } from './errors.ts'
import type { Type } from './type.ts'

/** Largest maximum that a type may declare. */
const LARGEST = 0xffffff

/** Throws RangeError unless `max` can be a maximum. `form` shows how it is written, e.g. `list(u8, 100)`. */
export function needMax(max: number, form: string): void {
  if (Number.isInteger(max) && max >= 1 && max <= LARGEST) return
  throw new RangeError(`a maximum of ${max}: it is an integer 1 … ${LARGEST}, e.g. ${form}`)
}

/** Throws TypeError unless `type` is a type. Types that import each other in a circle are the usual cause. */
export function needType(type: Type<unknown> | undefined, form: string): void {
  if (typeof type?.write === 'function' && typeof type.patch === 'function') return
  throw new TypeError(`${show(type)} is not a type; write e.g. ${form}`)
}

/** Throws TypeError unless a value of `type` takes at least a byte: otherwise a count in hostile bytes is unbounded. */
export function needBytes(type: Type<unknown>, form: string): void {
  if (type.least > 0) return
  throw new TypeError(`${type.schema} takes no bytes, so it cannot stand here; write e.g. ${form}`)
}
