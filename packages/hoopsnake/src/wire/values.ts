/*
 * Values of one type side by side; how many there are is known.
 *
 * values   value*                                 if the type has more than 16 values
 *          ceil(n · width / 8) bytes              if it has at most 2, 4, 16: 1, 2, 4 bits each, low bits first
 */
import { Malformed } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Ordinal, Type } from './type.ts'
import type { Writer } from './writer.ts'

/** Places of values on their way into bits. Overwritten by each use. */
const places: number[] = []

/** Returns how many bits a value takes side by side with others; 0 if it takes whole bytes. */
export function widthOf(ordinal: Ordinal<unknown> | undefined): 0 | 1 | 2 | 4 {
  if (ordinal === undefined || ordinal.count > 16) return 0
  return ordinal.count > 4 ? 4 : ordinal.count > 2 ? 2 : 1
}

/** Writes the first `count` of `values`, which are rounded. */
export function writeValues<T>(w: Writer, type: Type<T>, values: readonly T[], count: number): void {
  const { ordinal } = type
  const width = widthOf(ordinal)
  if (width === 0) for (let i = 0; i < count; i++) type.write(w, values[i]!)
  else {
    for (let i = 0; i < count; i++) places[i] = ordinal!.indexOf(values[i]!)
    w.bits(places, count, width)
  }
}

export function readValues<T>(r: Reader, type: Type<T>, count: number): T[] {
  const { ordinal } = type
  const width = widthOf(ordinal)
  if (width > 0) return r.bits(count, width).map((place) => valueAt(ordinal!, place))
  if (count * type.least > r.left) throw new Malformed(`${count} elements in ${r.left} bytes`)
  const values: T[] = []
  for (let i = 0; i < count; i++) values.push(type.read(r))
  return values
}

/** Returns the value at a place that came over the wire. */
export function valueAt<T>(ordinal: Ordinal<T>, place: number): T {
  if (place >= 0 && place < ordinal.count) return ordinal.at(place)
  throw new Malformed(`value ${place} where there are ${ordinal.count}`)
}
