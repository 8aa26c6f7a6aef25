/*
 * Little-endian.
 *
 * u8 u16 u32   1, 2, 4 bytes
 * i32          4 bytes, two's complement
 * uint         LEB128: 7 bits per byte, low bits first, high bit set on all but the last; 1–8 bytes
 * int          uint of the zigzag: 0, −1, 1, −2 … as 0, 1, 2, 3 …
 * f32 f64      4, 8 bytes, IEEE 754; neither NaN nor infinite, −0 is 0
 * fixed        the number of steps above min, in as few bytes (1–6) as the range needs
 * angle        the number of steps from 0, 1 byte up to 8 bits, else 2
 */
import { atom } from './atoms.ts'
import { Malformed, misfit } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Type } from './type.ts'
import type { Writer } from './writer.ts'

/** Makes the type of the integers min … max. */
function integer(
  schema: string,
  [min, max]: readonly [number, number],
  least: number,
  io: { readonly put: (w: Writer, n: number) => void; readonly read: (r: Reader) => number },
): Type<number> {
  const round = (n: number): number => {
    if (!Number.isInteger(n) || n < min || n > max) throw misfit(`an integer ${min} … ${max}`, n)
    return n + 0 // −0 becomes 0
  }
  return atom({
    schema,
    least,
    round,
    ...io,
    ordinal: { count: max - min + 1, indexOf: (n) => round(n) - min, at: (index) => index + min, from: min },
  })
}

/** An integer 0 … 255, in 1 byte. */
export const u8: Type<number> = integer('u8', [0, 0xff], 1, { put: (w, n) => w.u8(n), read: (r) => r.u8() })

/** An integer 0 … 65535, in 2 bytes. */
export const u16: Type<number> = integer('u16', [0, 0xffff], 2, {
  put: (w, n) => w.u16(n),
  read: (r) => r.u16(),
})

/** An integer 0 … 2^32 − 1, in 4 bytes. */
export const u32: Type<number> = integer('u32', [0, 0xffffffff], 4, {
  put: (w, n) => w.u32(n),
  read: (r) => r.u32(),
})

/** An integer −2^31 … 2^31 − 1, in 4 bytes. */
export const i32: Type<number> = integer('i32', [-0x80000000, 0x7fffffff], 4, {
  put: (w, n) => w.i32(n),
  read: (r) => r.i32(),
})

/** An integer 0 … 2^53 − 1, in as many bytes as it needs (1–8). */
export const uint: Type<number> = integer('uint', [0, Number.MAX_SAFE_INTEGER], 1, {
  put: (w, n) => w.uint(n),
  read: (r) => r.uint(),
})

/** An integer −2^52 … 2^52 − 1, in as many bytes as it needs (1–8). */
export const int: Type<number> = integer('int', [-(2 ** 52), 2 ** 52 - 1], 1, {
  put: (w, n) => w.int(n),
  read: (r) => r.int(),
})

/** A number rounded to 32 bits of floating point, in 4 bytes. */
export const f32: Type<number> = atom({
  schema: 'f32',
  least: 4,
  round(value) {
    const n = typeof value === 'number' ? Math.fround(value) + 0 : NaN
    if (!Number.isFinite(n)) throw misfit('a finite number of 32 bits', value)
    return n
  },
  put: (w, n) => w.f32(n),
  read: (r) => finite(r.f32()),
})

/** A number as JavaScript has it, in 8 bytes. */
export const f64: Type<number> = atom({
  schema: 'f64',
  least: 8,
  round(n) {
    if (!Number.isFinite(n)) throw misfit('a finite number', n)
    return n + 0
  },
  put: (w, n) => w.f64(n),
  read: (r) => finite(r.f64()),
})

function finite(n: number): number {
  if (!Number.isFinite(n)) throw new Malformed(`${n} where a finite number is due`)
  return n + 0
}

/**
 * A number min … max rounded to whole steps above min, e.g. `fixed(0, 64, 0.01)`.
 *
 * Takes the fewest bytes that can count the steps. Throws RangeError unless min < max, the range is a whole number of
 * steps below 2^48, and a step is more than 2^−50 of the numbers.
 */
export function fixed(min: number, max: number, step: number): Type<number> {
  const form = 'fixed(0, 64, 0.01)'
  const ratio = (max - min) / step
  const steps = Math.round(ratio)
  if (!(min < max && step > 0 && ratio < 2 ** 48)) {
    throw new RangeError(`fixed(${min}, ${max}, ${step}): write min < max and a step above 0, e.g. ${form}`)
  }
  if (steps < 1 || Math.abs(ratio - steps) > 1e-6 + ratio * 1e-15) {
    throw new RangeError(
      `fixed(${min}, ${max}, ${step}): max is not a whole number of steps above min, as in ${form}`,
    )
  }
  if (Math.max(Math.abs(min), Math.abs(max)) / step > 2 ** 50) {
    throw new RangeError(
      `fixed(${min}, ${max}, ${step}): the step is lost beside numbers so large; compare ${form}`,
    )
  }
  const bytes = Math.ceil(Math.log2(steps + 1) / 8)
  const at = (index: number): number => min + index * step + 0
  const indexOf = (value: number): number => {
    const index = typeof value === 'number' ? Math.round((value - min) / step) : NaN
    if (!(index >= 0 && index <= steps)) throw misfit(`a number ${min} … ${max}`, value)
    return index
  }
  return atom({
    schema: `fixed(${min},${max},${step})`,
    least: bytes,
    round: (value) => at(indexOf(value)),
    put: (w, value) => putSteps(w, bytes, indexOf(value)),
    read(r) {
      const index = readSteps(r, bytes)
      if (index > steps) throw new Malformed(`step ${index} where there are ${steps}`)
      return at(index)
    },
    ordinal: { count: steps + 1, indexOf, at },
  })
}

function putSteps(w: Writer, bytes: number, steps: number): void {
  const low = bytes >= 4 ? 4 : bytes >= 2 ? 2 : 1
  if (low === 4) w.u32(steps)
  else if (low === 2) w.u16(steps)
  else w.u8(steps)
  const high = Math.floor(steps / 256 ** low)
  if (bytes - low === 2) w.u16(high)
  else if (bytes - low === 1) w.u8(high)
}

function readSteps(r: Reader, bytes: number): number {
  const low = bytes >= 4 ? 4 : bytes >= 2 ? 2 : 1
  const steps = low === 4 ? r.u32() : low === 2 ? r.u16() : r.u8()
  if (bytes === low) return steps
  return steps + (bytes - low === 2 ? r.u16() : r.u8()) * 256 ** low
}

/**
 * An angle in radians, in 2^bits steps of a full turn. Any finite number is wrapped into [0, 2π).
 *
 * Throws RangeError unless `bits` is an integer 1 … 16.
 */
export function angle(bits: number): Type<number> {
  if (!Number.isInteger(bits) || bits < 1 || bits > 16)
    throw new RangeError(`angle(${bits}): write 1 to 16 bits, e.g. angle(8)`)
  const turn = 2 * Math.PI
  const steps = 2 ** bits
  const at = (index: number): number => index * (turn / steps)
  const indexOf = (value: number): number => {
    if (!Number.isFinite(value)) throw misfit('a finite number of radians', value)
    const nearest = Math.round(((value % turn) / turn) * steps)
    return (nearest + steps) % steps
  }
  return atom({
    schema: `angle(${bits})`,
    least: bits > 8 ? 2 : 1,
    round: (value) => at(indexOf(value)),
    put: (w, value) => (bits > 8 ? w.u16(indexOf(value)) : w.u8(indexOf(value))),
    read(r) {
      const index = bits > 8 ? r.u16() : r.u8()
      if (index >= steps) throw new Malformed(`step ${index} of a turn that has ${steps}`)
      return at(index)
    },
    ordinal: { count: steps, indexOf, at },
  })
}
