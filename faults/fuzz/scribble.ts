import type { Writer } from 'hoopsnake'
import type { Schema } from './schema.ts'

/** Says an integer from 0 to below that. */
export type Dice = (below: number) => number

/** How often, one in so many, a value goes beyond its bounds. */
const BEYOND = 200

const texts = [
  '',
  'Ann',
  '🐍',
  '__proto__',
  'constructor',
  '\u202e',
  '\ud800',
  'x'.repeat(64),
  '\0',
  'a\u0300\u0301',
]
const edges = [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1]
const doubles = [0, -0, 1, -1, 0.5, 5e-324, 3.4e38, -0.1]
const notFinite = [NaN, Infinity, -Infinity]

/** Writes bytes of a value of the type: mostly one that is allowed, at the edge of what is, now and then beyond. */
export function scribble(w: Writer, { name, numbers, names, types }: Schema, dice: Dice): void {
  const [first = 0] = numbers
  const many = (max: number): number =>
    dice(BEYOND) === 0 ? max + 1 : Math.min(max, dice(4) === 0 ? dice(40) : dice(4))
  const each = (count: number, write: () => void): void => {
    w.uint(count)
    for (let left = Math.min(count, 300); left > 0; left--) write()
  }
  switch (name) {
    case 'bool':
      return w.u8(dice(BEYOND) === 0 ? 2 : dice(2))
    case 'u8':
      return w.u8(dice(256))
    case 'u16':
      return w.u16(dice(65_536))
    case 'u32':
    case 'i32':
      return w.u32(edges[dice(edges.length)]! >>> 0)
    case 'uint':
    case 'int':
      return w.uint(dice(2) === 0 ? dice(100) : edges[dice(edges.length)]!)
    case 'f32':
      return w.f32(double(dice))
    case 'f64':
      return w.f64(double(dice))
    case 'nothing':
      return
    case 'oneOf':
      return w.u8(dice(BEYOND) === 0 ? 255 : dice(names.length))
    case 'str':
      return w.str(dice(BEYOND) === 0 ? 'y'.repeat(first + 1) : texts[dice(texts.length)]!.slice(0, first))
    case 'bytes':
      return each(many(first), () => w.u8(dice(256)))
    case 'fixed':
      return steps(w, Math.round((numbers[1]! - first) / numbers[2]!), dice)
    case 'angle':
      return steps(w, 2 ** first - 1, dice)
    case 'grid':
      return raw(w, first * numbers[1]!, dice)
    case 'optional': {
      const there = dice(2)
      w.u8(there)
      return there === 1 ? scribble(w, types[0]!, dice) : undefined
    }
    case 'struct':
      for (const type of types) scribble(w, type, dice)
      return
    case 'list':
    case 'trail':
      return each(many(first), () => scribble(w, types[0]!, dice))
    case 'map':
      return entries(w, types as [Schema, Schema], many(first), dice)
    default:
      // A type of a game's own: any bytes.
      return raw(w, dice(8), dice)
  }
}

/** Writes so many bytes of anything. */
export function raw(w: Writer, length: number, dice: Dice): void {
  for (let left = length; left > 0; left--) w.u8(dice(256))
}

function double(dice: Dice): number {
  return dice(BEYOND) === 0 ? notFinite[dice(notFinite.length)]! : doubles[dice(doubles.length)]!
}

/** Writes an integer up to `most` in the fewest bytes that hold it. */
function steps(w: Writer, most: number, dice: Dice): void {
  let left = dice(BEYOND) === 0 ? most + 1 : dice(most + 1)
  for (let bytes = Math.max(1, Math.ceil(Math.log2(most + 1) / 8)); bytes > 0; bytes--) {
    w.u8(left % 256)
    left = Math.floor(left / 256)
  }
}

/** Writes the entries of a map; its keys differ, as they must. */
function entries(w: Writer, [key, value]: readonly [Schema, Schema], count: number, dice: Dice): void {
  w.uint(count)
  for (let at = 0; at < Math.min(count, 300); at++) {
    if (dice(BEYOND) === 0) scribble(w, key, dice)
    else if (key.name === 'str') w.str(String.fromCharCode(97 + at))
    else if (key.name === 'u16') w.u16(at)
    else w.uint(at)
    scribble(w, value, dice)
  }
}

/** Changes bytes: flips bits, cuts off, repeats, appends. */
export function mutate(bytes: Uint8Array, dice: Dice): Uint8Array {
  const changed = Uint8Array.from(bytes)
  switch (dice(4)) {
    case 0:
      return changed.subarray(0, dice(changed.length + 1))
    case 1:
      return Uint8Array.from([...changed, ...changed.subarray(dice(changed.length + 1)), dice(256)])
    default:
      for (let flips = 1 + dice(3); flips > 0 && changed.length > 0; flips--)
        changed[dice(changed.length)]! ^= 1 << dice(8)
      return changed
  }
}
