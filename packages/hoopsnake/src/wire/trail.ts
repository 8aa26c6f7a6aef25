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
  #seen: Trail<T> | undefined
  #seenPushed = 0
  #seenDropped = 0

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
    return this.#seen === value
  }

  /**
   * Whether this was made equal to that very trail, which did not move since.
   * @internal
   */
  level(value: Trail<T>): boolean {
    return this.#seen === value && this.#seenPushed === value.#pushed && this.#seenDropped === value.#dropped
  }

  /**
   * Tells how many to drop here so that `value` begins with what is left: the rest of it is to be pushed.
   * @internal
   */
  behind(value: Trail<T>): number {
    // One object's counters only rise and what it holds does not change: no need to look at the elements.
    if (this.#seen === value) return Math.min(value.#dropped - this.#seenDropped, this.length)
    if (this.length === value.length && this.#continues(value, 0)) return 0
    // Another object: a copy of this, perhaps, which has gone on since; or a new one, which may begin alike.
    for (const drop of [value.#dropped - this.#dropped, 0]) if (this.#continues(value, drop)) return drop
    return this.length
  }

  /**
   * Drops as `behind` said, pushes the last `push` of `value`, and remembers `value` for the next time.
   * @internal
   */
  follow(value: Trail<T>, drop: number, push: number): void {
    this.#dropped += drop
    for (let n = value.#pushed - push; n < value.#pushed; n++) this.push(value.#ring[value.#slot(n)]!)
    this.#seen = value
    this.#seenPushed = value.#pushed
    this.#seenDropped = value.#dropped
  }

  /**
   * Whether `value` is the trail this was made equal to, and dropped one and pushed one since.
   * @internal
   */
  sawMove(value: Trail<T>): boolean {
    return (
      this.#seen === value &&
      value.#pushed === this.#seenPushed + 1 &&
      value.#dropped === this.#seenDropped + 1 &&
      this.#dropped < this.#pushed
    )
  }

  /**
   * Drops one and pushes the newest of `value`, as that did: see `sawMove`.
   * @internal
   */
  moveAlong(value: Trail<T>): void {
    this.#ring[this.#pushed & (this.#ring.length - 1)] =
      value.#ring[(value.#pushed - 1) & (value.#ring.length - 1)]!
    this.#pushed++
    this.#dropped++
    this.#seenPushed++
    this.#seenDropped++
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
