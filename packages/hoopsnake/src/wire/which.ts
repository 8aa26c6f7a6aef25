/*
 * Which of some things are spoken of, e.g. which rows of a column changed.
 *
 * which   u8 0                              none
 *         u8 1                              all
 *         u8 2 · ceil(n/8) bytes            bit i of byte i/8 is set if thing i is
 *         uint 2 + count · (uint gap)*      gap (from 1) leads from one to the next, at first from before the first
 *
 * n is how many there are; both ends know it.
 */
import { Malformed } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** Writes which of `of` things are the first `count` of `at`: their places from 0, rising. */
export function writeWhich(w: Writer, at: ArrayLike<number>, count: number, of: number): void {
  if (count === 0) return w.u8(0)
  if (count === of) return w.u8(1)
  const start = w.length
  const bitmap = 1 + Math.ceil(of / 8)
  // A gap takes a byte at least: where there are more of them than the bitmap has bytes, do not try.
  if (count < bitmap) {
    w.uint(2 + count)
    for (let i = 0, last = -1; i < count; last = at[i++]!) w.uint(at[i]! - last)
    if (w.length - start < bitmap) return
    w.length = start
  }
  w.u8(2)
  w.marks(at, count, of)
}

/** Reads which of `of` things were written: their places, rising. */
export function readWhich(r: Reader, of: number): number[] {
  const how = r.uint()
  if (how === 2) return readBitmap(r, of)
  if (how < 2) return Array.from({ length: how * of }, (_, i) => i)
  const count = how - 2
  if (count > of) throw new Malformed(`${count} of ${of}`)
  if (count > r.left) throw new Malformed(`${count} gaps in ${r.left} bytes`)
  const at: number[] = []
  let place = -1
  for (let i = 0; i < count; i++) {
    const gap = r.uint()
    place += gap
    if (gap === 0 || place >= of) throw new Malformed(`place ${place} of ${of}`)
    at.push(place)
  }
  return at
}

function readBitmap(r: Reader, of: number): number[] {
  const bits = r.raw(Math.ceil(of / 8))
  const at: number[] = []
  for (let i = 0; i < bits.length; i++) {
    const byte = bits[i]!
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) at.push(8 * i + bit)
  }
  if (at.length > 0 && at.at(-1)! >= of) throw new Malformed(`place ${at.at(-1)} of ${of}`)
  return at
}
