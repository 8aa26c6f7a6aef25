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
      const next = comparer(shadow, value)
      let last = 0
      for (let at = next(0); at < cells; at = next(last)) {
        const end = runEnd(shadow, value, at)
        w.uint(end - at)
        w.uint(at - last)
        w.raw(value.subarray(at, end))
        last = end
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

/** Returns a function that finds the next cell which differs, from a given one on; `a.length` if there is none. */
function comparer(a: Uint8Array, b: Uint8Array): (from: number) => number {
  const x = wordsOf(a)
  const y = wordsOf(b)
  return (from) => {
    let at = from
    while (at < a.length && (at & 15) > 0 && a[at] === b[at]) at++
    if ((at & 15) === 0) at = skipWords(x, y, at)
    while (at < a.length && a[at] === b[at]) at++
    return at
  }
}

/** Skips blocks of 16 cells that are alike, four cells at a time. */
function skipWords(x: Int32Array, y: Int32Array, from: number): number {
  const end = Math.min(x.length, y.length) - 3
  let i = from >> 2
  while (
    i < end &&
    ((x[i]! ^ y[i]!) | (x[i + 1]! ^ y[i + 1]!) | (x[i + 2]! ^ y[i + 2]!) | (x[i + 3]! ^ y[i + 3]!)) === 0
  ) {
    i += 4
  }
  return i << 2
}

/** Views bytes as words of four; as none where they do not lie so that they can be. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes
  return byteOffset % 4 === 0 ? new Int32Array(buffer, byteOffset, length >> 2) : new Int32Array()
}

/** Returns where the run of changed cells that begins at `at` ends. */
function runEnd(a: Uint8Array, b: Uint8Array, at: number): number {
  let end = at + 1
  for (let i = end; i < a.length && i - end <= BRIDGE; i++) if (a[i] !== b[i]) end = i + 1
  return end
}
