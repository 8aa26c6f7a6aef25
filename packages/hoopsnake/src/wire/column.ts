/*
 * How values of one type change that stand side by side: in a map, or in a list of containers. `rows` of them stayed.
 *
 * column of a struct     the bits of its fields that changed in any row · the column of each of them
 * column of others       which rows changed · how: ordinals see steps.ts, trails see trailColumn.ts, the rest diff*
 *
 * So what changes alike everywhere costs next to nothing, and what does not change, nothing.
 */
import { inRow } from './errors.ts'
import type { Reader } from './reader.ts'
import { ordinalColumn } from './steps.ts'
import type { Type } from './type.ts'
import { readWhich, writeWhich } from './which.ts'
import type { Writer } from './writer.ts'

/** Rows that may have changed: as they were (the shadow), and as they are. */
export class Pairs<T> {
  /** Row numbers, rising. */
  readonly at: number[] = []
  readonly was: T[] = []
  readonly is: T[] = []
  count = 0

  push(at: number, was: T, is: T): void {
    const i = this.count++
    this.at[i] = at
    this.was[i] = was
    this.is[i] = is
  }

  /** Brings pair `i` forward to place `to`, the one there taking its place. */
  swap(to: number, i: number): void {
    if (to === i) return
    const { at, was, is } = this
    ;[at[to], at[i]] = [at[i]!, at[to]!]
    ;[was[to], was[i]] = [was[i]!, was[to]!]
    ;[is[to], is[i]] = [is[i]!, is[to]!]
  }

  /** Makes ready for the next use; keeps its arrays, but nothing in them alive. */
  clear(): void {
    this.was.fill(undefined as T, 0, this.count)
    this.is.fill(undefined as T, 0, this.count)
    this.count = 0
  }
}

/** The rows of a column that is read, or of a field in it. */
export interface Rows<T> {
  readonly count: number
  get(row: number): T
  set(row: number, value: T): void
}

/** Makes rows of the elements of an array, which are set in it. */
export function rowsOf<T>(values: T[]): Rows<T> {
  return {
    count: values.length,
    get: (row) => values[row]!,
    set: (row, value) => void (values[row] = value),
  }
}

/** How a type changes in a column. */
export interface Column<T> {
  /** How many bytes, all 0, say that nothing changed. */
  readonly none: number
  /**
   * Writes how rows changed, or nothing if none did. `pairs` has at least those that did, of `rows` in all. Rounds
   * `pairs.is` and advances `pairs.was`, as `Type.diff` does, but may leave the pairs in another order.
   */
  diff(w: Writer, pairs: Pairs<T>, rows: number): void
  /** Reads what `diff` wrote and sets the rows that changed. What they were is not written to. */
  patch(r: Reader, rows: Rows<T>): void
  /** Says cheaply that a row did not change, and needs no rounding. */
  same?(was: T, is: T): boolean
  /** The same as `diff`, row by row, where rows keep the objects that they and their shadows are. */
  readonly feed?: Feed<T>
}

/** Takes the rows of a column one by one, in order: quicker for who looks at them one by one anyway. */
export interface Feed<T> {
  /** Brings a shadow up to date if that is soon done, and returns a number for how; else −1, with nothing done. */
  step(was: T, is: T): number
  /** The same if that takes a bit longer. Rounds what is new. */
  turn(w: Writer, was: T, is: T): number
  /** Writes how rows changed that were all brought up to date so; `steps` says how, by row. */
  all(w: Writer, steps: ArrayLike<number>, rows: number): void
  /** Where there are others: */
  begin(): void
  /** Takes the rows from `from` up to `to`, which were brought up to date. */
  stepped(steps: ArrayLike<number>, from: number, to: number): void
  /** Takes any other row. */
  row(w: Writer, row: number, was: T, is: T): void
  /** Writes how rows changed, or nothing if none did; `rows` is how many there are in all. */
  end(w: Writer, rows: number): void
}

/** Returns how `type` changes in a column: its own way, or one row's diff after the other. */
export function columnOf<T>(type: Type<T>): Column<T> {
  return type.column ?? (type.ordinal === undefined ? diffColumn(type) : ordinalColumn(type, type.ordinal))
}

/** How a type changes in a column that knows nothing better: one diff after the other. */
export function diffColumn<T>(type: Type<T>): Column<T> {
  return {
    none: 1,
    diff(w, pairs, rows) {
      const { at, was, is } = pairs
      const start = w.length
      let changed = 0
      let i = 0
      try {
        for (; i < pairs.count; i++) {
          const before = w.length
          const x = type.diff(w, was[i]!, is[i]!)
          was[i] = x
          if (type.atom) is[i] = x
          if (w.length > before) pairs.swap(changed++, i)
        }
      } catch (error) {
        throw inRow(error, at[i]!)
      }
      if (changed === 0) return
      const middle = w.length
      writeWhich(w, at, changed, rows)
      w.bring(start, middle)
    },
    patch(r, rows) {
      for (const row of readWhich(r, rows.count)) rows.set(row, type.patch(r, rows.get(row)))
    },
    ...(type.atom && { same: Object.is }),
  }
}
