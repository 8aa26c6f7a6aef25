/*
 * whole   uint count · element*                  oldest first
 *
 * diff    uint dropped · uint pushed · element*
 */
import { needBytes, needMax, needType } from './define.ts'
import { Malformed, misfit, Misfit, within } from './errors.ts'
import { readOnto } from './splice.ts'
import type { Type } from './type.ts'
import type { Writer } from './writer.ts'

/**
 * A queue that remembers how far it has moved: the body of a snake, the last lines of a chat.
 *
 * `push` adds at the new end, `drop` takes from the old end; neither costs more when the trail is long, nor does
 * sending what changed. Place 0 is the oldest, place −1 the newest. Made like a Set: `new Trail(['up', 'up'])`.
 */
export class Trail<T> implements Iterable<T> {
  /** Element n, counted from the first ever pushed, is at n modulo the size, which is a power of two. */
  #ring: T[] = []
  #pushed = 0
  #dropped = 0
  /** Of a shadow: the trail it equals, as long as that one has these counters. */
  #seen: { readonly of: Trail<T>; readonly pushed: number; readonly dropped: number } | undefined

  constructor(values: Iterable<T> = []) {
    for (const value of values) this.push(value)
  }

  get length(): number {
    return this.#pushed - this.#dropped
  }

  /** How many were pushed since it was made. Only rises. */
  get pushed(): number {
    return this.#pushed
  }

  /** How many were dropped since it was made. Only rises. */
  get dropped(): number {
    return this.#dropped
  }

  /** The newest element; undefined if there is none. */
  get last(): T | undefined {
    return this.at(-1)
  }

  /** Returns the element at a place: 0 is the oldest, −1 the newest. Undefined where there is none. */
  at(place: number): T | undefined {
    const i = place < 0 ? this.length + place : place
    return i >= 0 && i < this.length ? this.#ring[this.#slot(this.#dropped + i)] : undefined
  }

  /** Adds at the new end. Whether it is too long for its type shows when the state is sent. */
  push(value: T): void {
    if (this.length === this.#ring.length) this.#grow()
    this.#ring[this.#slot(this.#pushed)] = value
    this.#pushed++
  }

  /** Takes `count` from the old end, or as many as there are. */
  drop(count = 1): void {
    if (!Number.isInteger(count) || count < 0)
      throw new RangeError(`drop(${count}): write how many, e.g. drop(2)`)
    this.#dropped += Math.min(count, this.length)
  }

  /** Drops all. */
  clear(): void {
    this.#dropped = this.#pushed
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<T, undefined> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!
  }

  /**
   * Returns a trail of the same elements with the same counters.
   * @internal
   */
  twin(): Trail<T> {
    const twin = new Trail<T>()
    twin.#ring = this.#ring.slice()
    twin.#pushed = this.#pushed
    twin.#dropped = this.#dropped
    return twin
  }

  /**
   * Puts the rounded value in the place of an element.
   * @internal
   */
  round(place: number, value: T): void {
    this.#ring[this.#slot(this.#dropped + place)] = value
  }

  /**
   * Whether this was made equal to that very trail before.
   * @internal
   */
  follows(value: Trail<T>): boolean {
    return this.#seen?.of === value
  }

  /**
   * Tells how many to drop here and how many of the last of `value` to push so that this becomes equal to it.
   * @internal
   */
  behind(value: Trail<T>): readonly [drop: number, push: number] {
    const seen = this.#seen
    if (seen?.of === value) {
      // One object's counters only rise and what it holds does not change: no need to look at the elements.
      const drop = Math.min(value.#dropped - seen.dropped, this.length)
      return [drop, Math.min(value.#pushed - seen.pushed, value.length)]
    }
    if (this.length === value.length && this.#continues(value, 0)) return [0, 0]
    // Another object: a copy of this, perhaps, which has gone on since; or a new one, which may begin alike.
    for (const drop of [value.#dropped - this.#dropped, 0]) {
      if (this.#continues(value, drop)) return [drop, value.length - this.length + drop]
    }
    return [this.length, value.length]
  }

  /**
   * Drops and pushes as `behind` said, and remembers `value` for the next time.
   * @internal
   */
  follow(value: Trail<T>, [drop, push]: readonly [drop: number, push: number]): void {
    this.drop(drop)
    for (let i = value.length - push; i < value.length; i++) this.push(value.at(i)!)
    this.#seen = { of: value, pushed: value.#pushed, dropped: value.#dropped }
  }

  /** Whether `value` begins with what is left here after `drop`. */
  #continues(value: Trail<T>, drop: number): boolean {
    const kept = this.length - drop
    if (drop < 0 || kept < 0 || kept > value.length) return false
    for (let i = 0; i < kept; i++) if (!Object.is(this.at(drop + i), value.at(i))) return false
    return true
  }

  #slot(n: number): number {
    return n & (this.#ring.length - 1)
  }

  #grow(): void {
    const ring = this.#ring
    // Twice the same: whichever half an element now belongs to, it is there.
    this.#ring = ring.length > 0 ? [...ring, ...ring] : Array.from<T>({ length: 8 })
  }
}

/**
 * A {@link Trail} of at most `max` elements.
 *
 * Costs as many bytes as there are new elements, plus two. A trail may be replaced by another one; that may cost all
 * its elements. Throws TypeError on elements that are not atoms or take no bytes, RangeError on a bad `max`.
 */
export function trail<T>(type: Type<T>, max: number): Type<Trail<T>> {
  const form = 'trail(u8, 100)'
  needType(type, form)
  needBytes(type, form)
  needMax(max, form)
  // An element is looked at once, when it is new: one that could change later would change in silence.
  if (!type.atom) throw new TypeError(`${type.schema} may change after it was pushed; write e.g. ${form}`)
  return {
    schema: `trail(${type.schema},${max})`,
    least: 1,
    atom: false,
    write(w, value) {
      check(value, max)
      w.uint(value.length)
      writeLast(w, type, value, value.length)
      return value
    },
    read: (r) => new Trail(readOnto(r, type, max, [])),
    copy(value) {
      check(value, max)
      return value.twin()
    },
    diff(w, shadow, value) {
      check(value, max)
      const start = w.length
      if (!shadow.follows(value)) {
        // Rounds, so that elements can be compared.
        writeLast(w, type, value, value.length)
        w.length = start
      }
      const change = shadow.behind(value)
      const [drop, push] = change
      if (drop > 0 || push > 0) {
        w.uint(drop)
        w.uint(push)
        writeLast(w, type, value, push)
      }
      shadow.follow(value, change)
      return shadow
    },
    patch(r, base) {
      const drop = r.uint()
      if (drop > base.length) throw new Malformed(`${drop} elements dropped of ${base.length}`)
      const value = base.twin()
      value.drop(drop)
      for (let left = r.count(max - value.length, type.least); left > 0; left--) value.push(type.read(r))
      return value
    },
  }
}

function check(value: Trail<unknown>, max: number): void {
  if (!(value instanceof Trail)) throw misfit('a Trail: new Trail([…])', value)
  if (value.length > max) throw new Misfit(`expected a Trail of at most ${max}, got one of ${value.length}`)
}

/** Writes the last `count` elements and rounds them. */
function writeLast<T>(w: Writer, type: Type<T>, value: Trail<T>, count: number): void {
  let i = value.length - count
  try {
    for (; i < value.length; i++) {
      const x = type.write(w, value.at(i)!)
      if (!Object.is(x, value.at(i))) value.round(i, x)
    }
  } catch (error) {
    throw within(error, i)
  }
}
