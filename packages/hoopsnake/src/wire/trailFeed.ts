import type { Feed } from './column.ts'
import { misfit, Misfit, within } from './errors.ts'
import { Trail } from './trail.ts'
import type { Ordinal, Type } from './type.ts'
import { widthOf } from './values.ts'
import { writeWhich } from './which.ts'
import type { Writer } from './writer.ts'

/** Throws Misfit unless it is a trail, and not too long. */
export function check(value: Trail<unknown>, max: number): void {
  if (!(value instanceof Trail)) throw misfit('a Trail: new Trail([…])', value)
  if (value.length > max) throw new Misfit(`expected a Trail of at most ${max}, got one of ${value.length}`)
}

/** Returns how many to drop from `shadow`: what comes then in `value` is to be pushed. */
export function compare<T>(w: Writer, type: Type<T>, shadow: Trail<T>, value: Trail<T>): number {
  if (!shadow.follows(value)) {
    // Rounds, so that elements can be compared.
    const start = w.length
    writeLast(w, type, value, value.length)
    w.length = start
  }
  return shadow.behind(value)
}

/** Writes the last `count` elements and rounds them. */
export function writeLast<T>(w: Writer, type: Type<T>, value: Trail<T>, count: number): void {
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

/** Takes the rows of a column of trails: see trailColumn.ts for what it writes. */
export class TrailFeed<T> implements Feed<Trail<T>> {
  readonly #type: Type<T>
  readonly #max: number
  /** Of elements that are few. */
  readonly #ordinal: Ordinal<T> | undefined
  /** The rows that changed; who of those did other than drop one and push one, and what. */
  readonly #at: number[] = []
  readonly #apart: number[] = []
  readonly #drops: number[] = []
  readonly #pushes: number[] = []
  /** What was pushed: places of elements that are few, or elements. */
  readonly #places: number[] = []
  readonly #values: T[] = []
  #changed = 0
  #others = 0
  #pushed = 0

  constructor(type: Type<T>, max: number) {
    this.#type = type
    this.#max = max
    this.#ordinal = widthOf(type.ordinal) > 0 ? type.ordinal : undefined
  }

  begin(): void {
    this.#changed = this.#others = this.#pushed = 0
  }

  step(was: Trail<T>, is: Trail<T>): number {
    return was.step(is)
  }

  turn(w: Writer, was: Trail<T>, is: Trail<T>): number {
    if (this.#ordinal === undefined || !was.sawMove(is)) return -1
    this.#pushed = 0
    was.follow(is, this.#note(w, is, is.length - 1, is.last!))
    return this.#places[0]!
  }

  all(w: Writer, places: ArrayLike<number>, rows: number): void {
    if (rows === 0) return
    writeWhich(w, places, rows, rows)
    writeWhich(w, places, 0, rows)
    w.bits(places, rows, widthOf(this.#ordinal))
  }

  stepped(places: ArrayLike<number>, from: number, to: number): void {
    const [at, pushed] = [this.#at, this.#places]
    let changed = this.#changed
    let next = this.#pushed
    for (let row = from; row < to; row++) {
      at[changed++] = row
      pushed[next++] = places[row]!
    }
    this.#changed = changed
    this.#pushed = next
  }

  row(w: Writer, row: number, was: Trail<T>, is: Trail<T>): void {
    if (was.sawMove(is)) {
      was.follow(is, this.#note(w, is, is.length - 1, is.last!))
      this.#at[this.#changed++] = row
    } else if (!was.level(is)) this.#rowApart(w, row, was, is)
  }

  end(w: Writer, rows: number): void {
    if (this.#changed === 0) return
    writeWhich(w, this.#at, this.#changed, rows)
    writeWhich(w, this.#apart, this.#others, this.#changed)
    for (let i = 0; i < this.#others; i++) {
      w.uint(this.#drops[i]!)
      w.uint(this.#pushes[i]!)
    }
    if (this.#ordinal !== undefined) w.bits(this.#places, this.#pushed, widthOf(this.#ordinal))
    else for (let i = 0; i < this.#pushed; i++) this.#type.write(w, this.#values[i]!)
  }

  #rowApart(w: Writer, row: number, was: Trail<T>, is: Trail<T>): void {
    check(is, this.#max)
    const drop = compare(w, this.#type, was, is)
    const push = is.length - was.length + drop
    for (let i = is.length - push; i < is.length; i++) this.#note(w, is, i, is.at(i)!)
    was.follow(is)
    if (drop === 0 && push === 0) return
    if (drop !== 1 || push !== 1) {
      this.#apart[this.#others] = this.#changed
      this.#drops[this.#others] = drop
      this.#pushes[this.#others++] = push
    }
    this.#at[this.#changed++] = row
  }

  /** Notes an element that was pushed, as it stands at place `i`, and rounds it there. */
  #note(w: Writer, trail: Trail<T>, i: number, element: T): number {
    const ordinal = this.#ordinal
    const values = ordinal?.values
    if (values !== undefined) {
      let place = 0
      while (place < values.length && values[place] !== element) place++
      if (place < values.length) {
        this.#places[this.#pushed++] = place
        return place
      }
    }
    let x: T
    try {
      if (ordinal !== undefined) {
        const place = ordinal.indexOf(element)
        this.#places[this.#pushed] = place
        x = ordinal.at(place)
      } else {
        const start = w.length
        x = this.#values[this.#pushed] = this.#type.write(w, element)
        w.length = start
      }
    } catch (error) {
      throw within(error, i)
    }
    this.#pushed++
    // Names are compared at once, while `Object.is` would be called; of numbers it might be −0.
    if (x !== element || typeof x === 'number') trail.round(i, x)
    return -1
  }
}
