import type { Column } from './column.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/**
 * How values of T look on the wire, and how they change.
 *
 * Five functions and three facts; a game may define its own. What is optional below makes it smaller or faster where
 * many stand side by side, and changes nothing else. The laws, held for every type by one property
 * suite (`types.test.ts`):
 *
 * - `read(write(x)) = x`, where x is what `write` returned;
 * - `diff` writes nothing if and only if nothing changed, and what it returns equals `patch(base, those bytes)`;
 * - `read` and `patch` throw {@link Malformed}, and nothing else, on bytes that are not a value;
 * - `write` and `diff` throw {@link Misfit} on a value that is not of the type, `copy` on one of another shape;
 *   a writer or shadow that this happened to holds half a value.
 */
export interface Type<T> {
  /** Canonical text of the type, e.g. `list(u8,999)`. Part of the schema hash; says all that `read` depends on. */
  readonly schema: string
  /** Fewest bytes that `write` gives. 0 only where a value carries no information. */
  readonly least: number
  /** True where values are immutable and compared with `===` (numbers, strings); false for containers. */
  readonly atom: boolean
  /**
   * Writes the value whole and returns it as the other end will read it. An atom is returned rounded; a container
   * is rounded *in place* and returned itself, so that both ends compute with the same numbers.
   */
  write(w: Writer, value: T): T
  read(r: Reader): T
  /** Copies deeply what the type carries; the copy shares nothing mutable with the original. Does not round. */
  copy(value: T): T
  /**
   * Writes what turns `shadow` (a copy of something rounded) into `value`, rounds `value`, and returns the shadow advanced:
   * an atom's new value, or the container `shadow` itself, changed in place (a fresh copy where it had to begin anew).
   */
  diff(w: Writer, shadow: T, value: T): T
  /** Reads what `diff` wrote and returns the new value. `base` is not changed; untouched branches stay `===`. */
  patch(r: Reader, base: T): T
  /**
   * Of a struct that code was made for: says, quicker than `diff`, that nothing changed and nothing needs rounding. It
   * does not search for unknown fields, so `diff` has to be asked now and then.
   */
  unchanged?(this: void, shadow: T, value: T): boolean
  /** Of an atom: its values can be counted, as those of `u8` and `oneOf` can. Columns send steps or bits then. */
  readonly ordinal?: Ordinal<T>
  /** How it changes side by side in a map or list, if it knows better than one diff after the other. */
  readonly column?: Column<T>
  /** Of a struct: its fields. */
  readonly fields?: Fields
  /** Of another container: the same type around other parts. With `fields`, how a compiler gets into a type. */
  around?(part: <U>(type: Type<U>) => Type<U>): Type<T>
}

/** An order in which all values of a type can be counted, from 0. */
export interface Ordinal<T> {
  /** How many there are, at most 2^53. */
  readonly count: number
  /** Returns the place of the value that this one is rounded to. Throws Misfit if it cannot be carried. */
  indexOf(value: T): number
  /** Returns the value at a place, `0 ≤ index < count`. */
  at(index: number): T
  /** Of integers: the first; the place of n is n − `from`, which nobody needs to ask for then. */
  readonly from?: number
  /** Of values that are few and never rounded: all of them in order, which is quicker looked through than asked. */
  readonly values?: readonly T[]
}

/** The TypeScript type of a wire type's values. */
export type Value<T> = T extends Type<infer V> ? V : never

/** Named types: what `struct` and the scopes of a protocol are made of. */
// oxlint-disable-next-line no-explicit-any -- Type is invariant, so no narrower element type accepts every type
export type Fields = Readonly<Record<string, Type<any>>>

/** The plain object that `struct(fields)` describes. */
export type Shape<F extends Fields> = { -readonly [K in keyof F]: Value<F[K]> }
