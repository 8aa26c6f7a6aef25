/*
 * bool      u8: 0 false, 1 true
 * oneOf     u8: position of the name, from 0
 * nothing   no bytes
 *
 * The diff of an atom is the new value whole.
 */
import { Malformed, misfit } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Ordinal, Type } from './type.ts'
import type { Writer } from './writer.ts'

/** What an atom is made of: the rest of its five functions follows. */
interface Atom<T> {
  readonly schema: string
  readonly least: number
  /** Returns the value as the other end will read it; throws Misfit if it cannot be carried. */
  readonly round: (value: T) => T
  readonly put: (w: Writer, value: T) => void
  readonly read: (r: Reader) => T
  readonly ordinal?: Ordinal<T>
}

/** Makes a type of immutable values compared with `===`. */
export function atom<T>({ schema, least, round, put, read, ordinal }: Atom<T>): Type<T> {
  return {
    schema,
    least,
    atom: true,
    write(w, value) {
      const x = round(value)
      put(w, x)
      return x
    },
    read,
    copy: (value) => value,
    diff(w, shadow, value) {
      const x = round(value)
      if (x !== shadow) put(w, x)
      return x
    },
    patch: (r) => read(r),
    ...(ordinal && { ordinal }),
  }
}

/** true or false. */
export const bool: Type<boolean> = atom({
  schema: 'bool',
  least: 1,
  round(value) {
    if (typeof value !== 'boolean') throw misfit('true or false', value)
    return value
  },
  put: (w, value) => w.u8(value ? 1 : 0),
  read(r) {
    const byte = r.u8()
    if (byte > 1) throw new Malformed(`${byte} where 0 or 1 is due`)
    return byte === 1
  },
  ordinal: {
    count: 2,
    indexOf(value) {
      if (typeof value !== 'boolean') throw misfit('true or false', value)
      return value ? 1 : 0
    },
    at: (index) => index === 1,
    values: [false, true],
  },
})

/** No value: what an input or event without a payload carries. */
export const nothing: Type<undefined> = atom({
  schema: 'nothing',
  least: 0,
  round(value) {
    if (value !== undefined) throw misfit('nothing', value)
    return undefined
  },
  put: () => {},
  read: () => undefined,
})

/**
 * One of 1 to 255 names, e.g. `oneOf('up', 'right', 'down', 'left')`. Its values are typed as the union.
 *
 * Throws TypeError on a name that is no text or stands twice, RangeError on too few or too many.
 */
export function oneOf<const N extends readonly string[]>(...names: N): Type<N[number]> {
  const form = "oneOf('up', 'down')"
  if (names.length < 1 || names.length > 255)
    throw new RangeError(`${names.length} names: write 1 to 255, e.g. ${form}`)
  const numbers = new Map<unknown, number>()
  for (const name of names) {
    if (typeof name !== 'string') throw new TypeError(`${String(name)} is not a name; write e.g. ${form}`)
    if (numbers.has(name)) throw new TypeError(`'${name}' stands twice; write each name once, e.g. ${form}`)
    numbers.set(name, numbers.size)
  }
  const list = names.map((name) => `'${name}'`).join(', ')
  const indexOf = (value: string): number => {
    const number = numbers.get(value)
    if (number === undefined) throw misfit(`one of ${list}`, value)
    return number
  }
  return atom<N[number]>({
    schema: `oneOf(${names.map((name) => JSON.stringify(name)).join(',')})`,
    least: 1,
    round(value) {
      indexOf(value)
      return value
    },
    put: (w, value) => w.u8(indexOf(value)),
    read(r) {
      const number = r.u8()
      const name = names[number]
      if (name === undefined) throw new Malformed(`name ${number} where there are ${names.length}`)
      return name
    },
    ordinal: { count: names.length, indexOf, at: (index) => names[index]!, values: names },
  })
}
