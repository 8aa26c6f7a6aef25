/*
 * whole   width · height bytes, row by row
 *
 * diff    (uint count · uint skip · count bytes)* · 0
 *         `skip` cells after the last run (at first, from the first cell on) come `count` new ones
 */
import { Malformed, misfit } from './errors.ts'
import type { Type } from './type.ts'

/** Cells alike between two runs cost less than the head of another run, if they are no more than these. */
const BRIDGE = 2

/** Most cells of a grid. */
const LARGEST = 0xffffff

/**
 * A field of bytes: a Uint8Array of width × height, row by row. Cell (x, y) is at `y * width + x`.
 *
 * Throws RangeError unless both are integers from 1 and there are at most 2^24 − 1 cells.
 */
export function grid(width: number, height: number): Type<Uint8Array> {
  const cells = width * height
  if (
    !(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1 && cells <= LARGEST)
  ) {
    throw new RangeError(
      `grid(${width}, ${height}): write whole numbers from 1, e.g. grid(64, 36), and at most ${LARGEST} cells`,
    )
  }
  const check = (value: Uint8Array): void => {
    if (!(value instanceof Uint8Array) || value.length !== cells)
      throw misfit(`a Uint8Array of ${cells}`, value)
  }
  return {
    schema: `grid(${width},${height})`,
    least: cells,
    atom: false,
    write(w, value) {
      check(value)
      w.raw(value)
      return value
    },
    read: (r) => r.raw(cells),
    copy(value) {
      check(value)
      return new Uint8Array(value)
    },
    diff(w, shadow, value) {
      check(value)
      let last = 0
      for (let at = 0; at < cells; at++) {
        if (shadow[at] === value[at]) continue
        const end = runEnd(shadow, value, at)
        w.uint(end - at)
        w.uint(at - last)
        w.raw(value.subarray(at, end))
        last = at = end
      }
      if (last === 0) return shadow
      w.u8(0)
      shadow.set(value)
      return shadow
    },
    patch(r, base) {
      const value = new Uint8Array(base)
      let at = 0
      for (let count = r.uint(); count > 0; count = r.uint()) {
        at += r.uint()
        if (at + count > cells) throw new Malformed(`a change up to cell ${at + count} of ${cells}`)
        value.set(r.raw(count), at)
        at += count
      }
      return value
    },
  }
}

/** Returns where the run of changed cells that begins at `at` ends. */
function runEnd(a: Uint8Array, b: Uint8Array, at: number): number {
  let end = at + 1
  for (let i = end; i < a.length && i - end <= BRIDGE; i++) if (a[i] !== b[i]) end = i + 1
  return end
}
