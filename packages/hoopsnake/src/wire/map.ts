/*
 * whole   uint count · (key · value)*          in the Map's order
 *
 * diff    uint went · (uint gap)* · column · uint added · (key · value)*
 *
 * `gap` (from 1) leads from one entry that went to the next, counted in the old Map's order, at first from before the
 * first. The column says how those that stayed changed; their keys are not written. Added ones come behind them. A key
 * that was deleted and set again went and was added.
 */
import { columnOf, Pairs, rowsOf } from './column.ts'
import type { Column } from './column.ts'
import { needBytes, needMax, needType } from './define.ts'
import { fromRow, Malformed, misfit, within } from './errors.ts'
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
  const entries: Entries<K, V> = {
    key,
    type,
    column: columnOf(type),
    max,
    least: key.least + type.least,
    spare: undefined,
    known: new WeakMap(),
  }
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
    around: (part) => map(part(key), part(type), max),
  }
}

interface Entries<K, V> {
  readonly key: Type<K>
  readonly type: Type<V>
  readonly column: Column<V>
  readonly max: number
  readonly least: number
  /** What `diff` works with, kept for the next time; taken out while in use, as types may be nested in themselves. */
  spare: Walk<K, V> | undefined
  /** Of large Maps of structs, by shadow: the walk when nothing came or went, to be gone again. */
  readonly known: WeakMap<Map<K, V>, Known<K, V>>
}

/** Keys and values of a Map in its order, and those that stayed beside what they were. */
interface Walk<K, V> {
  readonly keys: K[]
  readonly items: V[]
  readonly pairs: Pairs<V>
}

/** A walk along a shadow while nothing comes or goes. */
interface Known<K, V> extends Walk<K, V> {
  /** The Map that was walked beside it last, and the iterator that came to its last value then. */
  of: Map<K, V> | undefined
  left: Iterator<V> | undefined
}

/** From how many entries on a walk is worth remembering. */
const MANY = 32

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

/** Writes how `shadow` became `value`, and makes it so. */
function diffEntries<K, V>(
  w: Writer,
  entries: Entries<K, V>,
  shadow: Map<K, V>,
  value: Map<K, V>,
): Map<K, V> {
  const known = shadow.size >= MANY ? entries.known.get(shadow) : undefined
  if (known === undefined || !isWalk(known, value)) return walkBoth(w, entries, shadow, value)
  const start = w.length
  w.u8(0)
  diffStayed(w, entries, known, known.pairs.count)
  if (w.length === start + 1) w.length = start
  else w.u8(0)
  return shadow
}

/** Whether `value` has the keys of this walk, in this order. Takes its values up into the walk. */
function isWalk<K, V>(known: Known<K, V>, value: Map<K, V>): boolean {
  const { count, is } = known.pairs
  if (value.size !== count || !(isAsLeft(known, value) || hasKeys(known, value))) return false
  const left = value.values()
  let i = 0
  for (const item of left) {
    if (is[i] !== item) is[i] = item
    // Not to the end, so that it can be asked later what came behind.
    if (++i === count) break
  }
  known.of = value
  known.left = left
  return true
}

/**
 * Whether this is the Map of the last walk, and nothing was added to it: then, as it is as large as before, nothing was
 * deleted either. What is set anew stands at the end of a Map, and that is where the iterator of the last walk waits.
 */
function isAsLeft<K, V>({ of, left }: Known<K, V>, value: Map<K, V>): boolean {
  return of === value && left?.next().done === true
}

function hasKeys<K, V>({ keys }: Walk<K, V>, value: Map<K, V>): boolean {
  let i = 0
  for (const key of value.keys()) if (key !== keys[i++]) return false
  return true
}

/** Writes how those that stayed changed. */
function diffStayed<K, V>(
  w: Writer,
  { column }: Entries<K, V>,
  { keys, pairs }: Walk<K, V>,
  stayed: number,
): void {
  try {
    column.diff(w, pairs, stayed)
  } catch (error) {
    throw fromRow(error, (row) => `[${String(keys[row])}]`)
  }
}

/**
 * Walks both Maps side by side, in their orders. An entry of the shadow stayed if its key is the next of `value`;
 * otherwise it went. Whatever is left of `value` in the end was added.
 */
function walkBoth<K, V>(w: Writer, entries: Entries<K, V>, shadow: Map<K, V>, value: Map<K, V>): Map<K, V> {
  const { type, column } = entries
  entries.known.delete(shadow)
  const walk: Walk<K, V> = entries.spare ?? { keys: [], items: [], pairs: new Pairs() }
  entries.spare = undefined
  const { keys, items, pairs } = walk
  let count = 0
  for (const key of value.keys()) keys[count++] = key
  count = 0
  for (const item of value.values()) items[count++] = item
  const start = w.length
  const stayed = walkShadow(w, column, { walk, count, shadow })
  const middle = w.length
  diffStayed(w, entries, walk, stayed)
  if (type.fields === undefined) settle(walk, shadow, value)
  if (w.length === middle && middle === start + 1 && stayed === count) w.length = start
  else {
    if (w.length === middle) w.hole(column.none)
    w.uint(count - stayed)
    for (let i = stayed; i < count; i++)
      shadow.set(keys[i]!, type.copy(writeEntry(w, entries, value, keys[i]!)))
  }
  if (!type.atom) {
    items.fill(undefined as V, 0, count)
    pairs.clear()
  }
  pairs.count = 0
  entries.spare = walk
  if (type.fields !== undefined && count >= MANY) entries.known.set(shadow, walkOf(shadow))
  return shadow
}

/** Returns the walk along a shadow that nothing leaves and nothing joins. */
function walkOf<K, V>(shadow: Map<K, V>): Known<K, V> {
  const pairs = new Pairs<V>()
  for (const was of shadow.values()) pairs.push(pairs.count, was, was)
  return { keys: [...shadow.keys()], items: [], pairs, of: undefined, left: undefined }
}

/** Writes which entries of the shadow went, deletes them, pairs those that stayed and returns how many those are. */
function walkShadow<K, V>(
  w: Writer,
  column: Column<V>,
  { walk, count, shadow }: { walk: Walk<K, V>; count: number; shadow: Map<K, V> },
): number {
  const { keys, items, pairs } = walk
  let stayed = 0
  let went: number[] | undefined
  let place = 0
  for (const [key, was] of shadow) {
    if (stayed < count && keys[stayed] === key) {
      const is = items[stayed]!
      if (!column.same?.(was, is)) pairs.push(stayed, was, is)
      stayed++
    } else {
      ;(went ??= []).push(place)
      shadow.delete(key)
    }
    place++
  }
  w.uint(went?.length ?? 0)
  went?.forEach((at, i) => w.uint(at - (went[i - 1] ?? -1)))
  return stayed
}

/** Puts back into both Maps what comparing made of values: new atoms, rounded ones, shadows begun anew. */
function settle<K, V>({ keys, pairs }: Walk<K, V>, shadow: Map<K, V>, value: Map<K, V>): void {
  for (let i = 0; i < pairs.count; i++) {
    const key = keys[pairs.at[i]!]!
    shadow.set(key, pairs.was[i]!)
    if (!Object.is(value.get(key), pairs.is[i])) value.set(key, pairs.is[i]!)
  }
}

function patchEntries<K, V>(r: Reader, entries: Entries<K, V>, base: ReadonlyMap<K, V>): Map<K, V> {
  const went = new Set<number>()
  let place = -1
  for (let left = r.count(base.size, 1); left > 0; left--) {
    const gap = r.uint()
    place += gap
    if (gap === 0 || place >= base.size) throw new Malformed(`entry ${place} of ${base.size} went`)
    went.add(place)
  }
  const keys = [...base.keys()]
  const items = [...base.values()]
  const staying = <T>(all: T[]): T[] => (went.size === 0 ? all : all.filter((_, i) => !went.has(i)))
  const next = staying(items)
  entries.column.patch(r, rowsOf(next))
  const value = new Map<K, V>()
  staying(keys).forEach((key, i) => value.set(key, next[i]!))
  return readOnto(r, entries, value)
}
