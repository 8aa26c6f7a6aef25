/*
 * whole   u8 0                absent
 *         u8 1 · value        there
 *
 * diff    u8 0                gone
 *         u8 1 · value        came
 *         u8 2 · diff         was there, and changed
 */
import { needType } from './define.ts'
import { Malformed } from './errors.ts'
import type { Type } from './type.ts'

/** A value of `type`, or undefined. Throws TypeError if undefined is a value of `type` already. */
export function optional<T>(type: Type<T>): Type<T | undefined> {
  needType(type, 'optional(u8)')
  if (type.schema === 'nothing' || type.schema.startsWith('optional(')) {
    throw new TypeError(
      `optional(${type.schema}): undefined would mean two things; write e.g. optional(u8) or bool`,
    )
  }
  const optionalType: Type<T | undefined> = {
    schema: `optional(${type.schema})`,
    least: 1,
    atom: type.atom,
    write(w, value) {
      w.u8(value === undefined ? 0 : 1)
      return value === undefined ? undefined : type.write(w, value)
    },
    read(r) {
      const there = r.u8()
      if (there > 1) throw new Malformed(`${there} where 0 or 1 is due`)
      return there === 1 ? type.read(r) : undefined
    },
    copy: (value) => (value === undefined ? undefined : type.copy(value)),
    diff(w, shadow, value) {
      if (shadow === undefined || value === undefined) {
        if (shadow === value) return shadow
        const x = optionalType.write(w, value)
        return optionalType.copy(x)
      }
      const start = w.length
      w.u8(2)
      const next = type.diff(w, shadow, value)
      if (w.length === start + 1) w.length = start
      return next
    },
    patch(r, base) {
      const how = r.u8()
      if (how === 0) return undefined
      if (how === 1) return type.read(r)
      if (how !== 2 || base === undefined)
        throw new Malformed(`a change of kind ${how} to a value that may be absent`)
      return type.patch(r, base)
    },
    around: (part) => optional(part(type)),
  }
  return optionalType
}
