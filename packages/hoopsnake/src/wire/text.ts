/*
 * str     uint length in bytes · UTF-8
 * bytes   uint length · the bytes
 *
 * The diff of either is the new value whole.
 */
import { atom } from './atoms.ts'
import { needMax } from './define.ts'
import { misfit } from './errors.ts'
import type { Type } from './type.ts'

/** A text of at most `max` UTF-16 units (`text.length`). A lone surrogate becomes U+FFFD. */
export function str(max: number): Type<string> {
  needMax(max, 'str(15)')
  return atom({
    schema: `str(${max})`,
    least: 1,
    round(value) {
      if (typeof value !== 'string' || value.length > max)
        throw misfit(`a text of at most ${max} characters`, value)
      return value.isWellFormed() ? value : value.toWellFormed()
    },
    put: (w, value) => w.str(value),
    read: (r) => r.str(max),
  })
}

/** At most `max` bytes. Compared by content: it may be changed in place. */
export function bytes(max: number): Type<Uint8Array> {
  needMax(max, 'bytes(256)')
  const check = (value: Uint8Array): void => {
    if (value instanceof Uint8Array && value.length <= max) return
    throw misfit(`a Uint8Array of at most ${max} bytes`, value)
  }
  const type: Type<Uint8Array> = {
    schema: `bytes(${max})`,
    least: 1,
    atom: false,
    write(w, value) {
      check(value)
      w.uint(value.length)
      w.raw(value)
      return value
    },
    read: (r) => r.raw(r.count(max, 1)),
    copy(value) {
      check(value)
      return new Uint8Array(value)
    },
    diff(w, shadow, value) {
      check(value)
      if (equal(shadow, value)) return shadow
      return new Uint8Array(type.write(w, value))
    },
    patch: (r) => type.read(r),
  }
  return type
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
