/** Where `#kept` of a shadow stands: so low that it takes a ring of its own before it writes. */
const BORROWED = -(2 ** 30)

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
  /** From this element on nothing in the ring is written over: a shadow may be looking at it. */
  #kept = 0
  /** The shadow that looks at the ring; null if there was more than one, of which nobody knows what they still need. */
  #shadow: Trail<T> | null | undefined
  /** Of a shadow: the trail it equals, and whose ring it looks at, as long as that one has the same counters. */
  #seen: Trail<T> = this
  /** Of a shadow: the place of its newest element among the values of its type; −1 if not known, or there is none. */
  #newest = -1

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
    return this.length > 0 ? this.#ring[this.#slot(this.#pushed - 1)] : undefined
  }

  /** Returns the element at a place: 0 is the oldest, −1 the newest. Undefined where there is none. */
  at(place: number): T | undefined {
    const i = place < 0 ? this.length + place : place
    return i >= 0 && i < this.length ? this.#ring[this.#slot(this.#dropped + i)] : undefined
  }

  /** Adds at the new end. Whether it is too long for its type shows when the state is sent. */
  push(value: T): void {
    if (this.#pushed - this.#kept >= this.#ring.length) this.#renew()
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
    twin.#dropped = twin.#kept = this.#dropped
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
    return this.#seen === value
  }

  /**
   * Whether this was made equal to that very trail, which did not move since.
   * @internal
   */
  level(value: Trail<T>): boolean {
    return this.#seen === value && this.#pushed === value.#pushed && this.#dropped === value.#dropped
  }

  /**
   * Whether this was made equal to that very trail, which dropped one and pushed one since, but not that same one.
   * @internal
   */
  sawMove(value: Trail<T>): boolean {
    return (
      this.#seen === value &&
      value.#pushed === this.#pushed + 1 &&
      value.#dropped === this.#dropped + 1 &&
      this.#dropped < this.#pushed
    )
  }

  /**
   * Goes along with that very trail, if it dropped one and pushed one since, the same as the one before: most do. Returns
   * the place that was noted with that element; −1, with nothing done, if it did anything else.
   * @internal
   */
  step(value: Trail<T>): number {
    const newest = this.#newest
    if (this.#seen !== value || newest < 0) return -1
    const ring = this.#ring
    const pushed = this.#pushed + 1
    const dropped = this.#dropped + 1
    if (value.#pushed !== pushed || value.#dropped !== dropped || value.#ring !== ring) return -1
    const last = ring.length - 1
    if (ring[(pushed - 1) & last] !== ring[(pushed - 2) & last]) return -1
    this.#pushed = pushed
    this.#dropped = dropped
    return newest
  }

  /**
   * Tells how many to drop here so that `value` begins with what is left: the rest of it is to be pushed.
   * @internal
   */
  behind(value: Trail<T>): number {
    // One object's counters only rise and what it holds does not change: no need to look at the elements.
    if (this.#seen === value) return Math.min(value.#dropped - this.#dropped, this.length)
    if (this.length === value.length && this.#continues(value, 0)) return 0
    // Another object: a copy of this, perhaps, which has gone on since; or a new one, which may begin alike.
    for (const drop of [value.#dropped - this.#dropped, 0]) if (this.#continues(value, drop)) return drop
    return this.length
  }

  /**
   * Makes this equal to `value`, without copying: it looks at the same ring, where `value` leaves alone what it holds
   * now. `newest` is the place of its newest element among the values of its type, −1 if that is not known.
   * @internal
   */
  follow(value: Trail<T>, newest = -1): void {
    this.#seen = value
    this.#ring = value.#ring
    this.#pushed = value.#pushed
    this.#dropped = value.#dropped
    this.#newest = newest
    this.#kept = BORROWED
    if (value.#shadow !== this) value.#shadow = value.#shadow === undefined ? this : null
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

  /**
   * Makes room. If its shadow is done with some of the ring, that can be written over; otherwise it takes a new one, at
   * least twice as long as what is in it, so that it is some time until the next.
   */
  #renew(): void {
    const old = this.#ring
    const shadow = this.#shadow
    if (shadow instanceof Trail && shadow.#seen === this && shadow.#ring === old) {
      this.#kept = shadow.#dropped
      if (this.#pushed - this.#kept < old.length) return
    }
    const size = Math.max(8, this.length * 2 > old.length ? old.length * 2 : old.length)
    this.#ring = []
    // Array.from with a length would take fifty times as long.
    this.#ring.length = size
    for (let n = this.#dropped; n < this.#pushed; n++) this.#ring[this.#slot(n)] = old[n & (old.length - 1)]!
    this.#kept = this.#dropped
  }
}
