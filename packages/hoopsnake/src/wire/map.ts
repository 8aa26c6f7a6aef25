/*
 * whole   uint count · (key · value)*          in the Map's order
 *
 * diff    (uint 2·gap · diff                   the value changed
 *        | uint 2·gap + 1)* · 0                the entry went
 *         uint added · (key · value)*          behind those that stayed
 *
 * `gap` (from 1) leads from one entry spoken of to the next, counted in the old Map's order, at first from before the
 * first. Keys that stay are not written. A key that was deleted and set again went and was added.
 */
import { needBytes, needMax, needType } from './define.ts'
import { Malformed, misfit, within } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Type } from './type.ts'
import type { Writer } from './writer.ts'

/**
 * A Map of at most `max` entries whose order is part of the value, e.g. `map(uint, snake, 64)`.
 *
 * Values may take no bytes: `map(uint, nothing, 64)` is a set. Throws TypeError on keys that are not numbers or texts,
 * RangeError on a bad `max`.
 */
export function map<K extends string | number, V>(key: Type<K>, type: Type<V>, max: number): Type<Map<K, V>> {
  const form = 'map(uint, str(15), 64)'
  needType(key, form)
  needType(type, form)
  needBytes(key, form)
  needMax(max, form)
  if (!key.atom) throw new TypeError(`${key.schema} cannot be a key; write e.g. ${form}`)
  const entries: Entries<K, V> = { key, type, max, least: key.least + type.least }
  const check = (value: Map<K, V>): void => {
    if (!(value instanceof Map) || value.size > max) throw misfit(`a Map of at most ${max}`, value)
  }
  return {
    schema: `map(${key.schema},${type.schema},${max})`,
    least: 1,
    atom: false,
    write(w, value) {
      check(value)
      w.uint(value.size)
      for (const at of value.keys()) writeEntry(w, entries, value, at)
      return value
    },
    read: (r) => readOnto(r, entries, new Map()),
    copy(value) {
      check(value)
      const twin = new Map<K, V>()
      for (const [at, item] of value) {
        try {
          twin.set(at, type.copy(item))
        } catch (error) {
          throw within(error, `[${String(at)}]`)
        }
      }
      return twin
    },
    diff(w, shadow, value) {
      check(value)
      return diffEntries(w, entries, shadow, value)
    },
    patch: (r, base) => patchEntries(r, entries, base),
  }
}

interface Entries<K, V> {
  readonly key: Type<K>
  readonly type: Type<V>
  readonly max: number
  readonly least: number
}

/** Writes one entry, rounds it in place and returns its value. */
function writeEntry<K, V>(w: Writer, { key, type }: Entries<K, V>, value: Map<K, V>, at: K): V {
  try {
    // A rounded key could meet another, and would lose its place.
    if (key.write(w, at) !== at) throw misfit(`a key that ${key.schema} carries unrounded`, at)
    const item = value.get(at)!
    const x = type.write(w, item)
    if (!Object.is(x, item)) value.set(at, x)
    return x
  } catch (error) {
    throw within(error, `[${String(at)}]`)
  }
}

/** Reads a count and as many entries, onto the end of `onto`. */
function readOnto<K, V>(r: Reader, { key, type, max, least }: Entries<K, V>, onto: Map<K, V>): Map<K, V> {
  for (let left = r.count(max - onto.size, least); left > 0; left--) {
    const at = key.read(r)
    if (onto.has(at)) throw new Malformed(`the key ${String(at)} stands twice`)
    onto.set(at, type.read(r))
  }
  return onto
}

/**
 * Walks both Maps side by side, in their orders. An entry of the shadow stayed if its key is the next of `value`;
 * otherwise it went. Whatever is left of `value` in the end was added.
 */
function diffEntries<K, V>(
  w: Writer,
  entries: Entries<K, V>,
  shadow: Map<K, V>,
  value: Map<K, V>,
): Map<K, V> {
  const start = w.length
  const keys = value.keys()
  let next = keys.next()
  let place = 0
  let last = 0
  let stayed = 0
  for (const [key, was] of shadow) {
    place++
    if (next.done || next.value !== key) {
      shadow.delete(key)
      w.uint(2 * (place - last) + 1)
      last = place
      continue
    }
    next = keys.next()
    stayed++
    const before = w.length
    w.uint(2 * (place - last))
    if (diffEntry(w, entries, { shadow, value, key, was })) last = place
    else w.length = before
  }
  if (w.length === start && stayed === value.size) return shadow
  w.u8(0)
  w.uint(value.size - stayed)
  for (; !next.done; next = keys.next()) {
    shadow.set(next.value, entries.type.copy(writeEntry(w, entries, value, next.value)))
  }
  return shadow
}

interface Pair<K, V> {
  readonly shadow: Map<K, V>
  readonly value: Map<K, V>
  readonly key: K
  readonly was: V
}

/** Writes how the value at `key` changed and says whether it did. */
function diffEntry<K, V>(
  w: Writer,
  { type }: Entries<K, V>,
  { shadow, value, key, was }: Pair<K, V>,
): boolean {
  const is = value.get(key)!
  if (type.atom && Object.is(was, is)) return false
  const start = w.length
  try {
    const x = type.diff(w, was, is)
    if (x !== was) shadow.set(key, x)
    if (type.atom && !Object.is(x, is)) value.set(key, x)
  } catch (error) {
    throw within(error, `[${String(key)}]`)
  }
  return w.length > start
}

function patchEntries<K, V>(r: Reader, entries: Entries<K, V>, base: ReadonlyMap<K, V>): Map<K, V> {
  const value = new Map<K, V>()
  let place = 0
  let code = r.uint()
  let due = Math.floor(code / 2)
  for (const [key, was] of base) {
    place++
    if (code === 0 || place !== due) {
      value.set(key, was)
      continue
    }
    if (code % 2 === 0) value.set(key, entries.type.patch(r, was))
    code = r.uint()
    due += Math.floor(code / 2)
  }
  if (code !== 0) throw new Malformed(`a change to entry ${due} of ${base.size}`)
  return readOnto(r, entries, value)
}
