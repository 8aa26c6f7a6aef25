/*
 * whole    the fields' values, in the order of declaration
 *
 * diff     bits · diff of each changed field
 * column   bits · column of each field that changed in any row
 *
 * bits     ceil(n/8) bytes, bit i of byte i/8 set if field i changed
 */
import { columnOf, Pairs } from './column.ts'
import type { Column, Rows } from './column.ts'
import { needType } from './define.ts'
import { inRow, Malformed, misfit, Misfit, within } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Fields, Shape, Type } from './type.ts'
import type { Writer } from './writer.ts'

/**
 * A plain object with these fields, no more and no fewer.
 *
 * Throws TypeError on a field that is not a type or is called `__proto__`.
 */
export function struct<F extends Fields>(fields: F): Type<Shape<F>> {
  const names = Object.keys(fields)
  const types: Type<unknown>[] = names.map((name) => fields[name]!)
  names.forEach((name, i) => {
    needType(types[i], `struct({ ${name}: u8 })`)
    // Assigning to it sets an object's prototype instead of a field.
    if (name === '__proto__')
      throw new TypeError("'__proto__' cannot name a field; write e.g. struct({ proto: u8 })")
  })
  return { ...fieldwise(names, types), fields } as Type<unknown> as Type<Shape<F>>
}

type Plain = Record<string, unknown>

function fieldwise(names: readonly string[], types: readonly Type<unknown>[]): Type<Plain> {
  return {
    schema: `struct(${names.map((name, i) => `${JSON.stringify(name)}:${types[i]!.schema}`).join(',')})`,
    least: types.reduce((sum, type) => sum + type.least, 0),
    atom: false,
    write(w, value) {
      check(names, value)
      let i = 0
      try {
        for (; i < names.length; i++) {
          const field = take(value, names[i]!)
          const x = types[i]!.write(w, field)
          if (!Object.is(x, field)) value[names[i]!] = x
        }
      } catch (error) {
        throw within(error, names[i]!)
      }
      return value
    },
    read(r) {
      const value: Plain = {}
      for (let i = 0; i < names.length; i++) value[names[i]!] = types[i]!.read(r)
      return value
    },
    copy(value) {
      checkObject(names, value)
      const twin: Plain = {}
      let i = 0
      try {
        for (; i < names.length; i++) twin[names[i]!] = types[i]!.copy(take(value, names[i]!))
      } catch (error) {
        throw within(error, names[i]!)
      }
      return twin
    },
    ...fieldwiseDiff(names, types),
    column: fieldwiseColumn(names, types),
  }
}

function fieldwiseDiff(
  names: readonly string[],
  types: readonly Type<unknown>[],
): Pick<Type<Plain>, 'diff' | 'patch'> {
  const bitmap = Math.ceil(names.length / 8)
  return {
    diff(w, shadow, value) {
      check(names, value)
      const head = w.hole(bitmap)
      const start = w.length
      let i = 0
      try {
        for (; i < names.length; i++) {
          const type = types[i]!
          const was = shadow[names[i]!]
          const is = take(value, names[i]!)
          if (type.atom && Object.is(was, is)) continue
          const before = w.length
          const x = type.diff(w, was, is)
          if (w.length > before) w.set(head + (i >> 3), 1 << (i & 7))
          if (x !== was) shadow[names[i]!] = x
          if (type.atom && !Object.is(x, is)) value[names[i]!] = x
        }
      } catch (error) {
        throw within(error, names[i]!)
      }
      if (w.length === start) w.length = head
      return shadow
    },
    patch(r, base) {
      const bits = readBits(r, names.length)
      const value = { ...base }
      for (let i = 0; i < names.length; i++) {
        if (bits[i >> 3]! & (1 << (i & 7))) value[names[i]!] = types[i]!.patch(r, base[names[i]!])
      }
      return value
    },
  }
}

function fieldwiseColumn(names: readonly string[], types: readonly Type<unknown>[]): Column<Plain> {
  const columns = types.map(columnOf)
  const bitmap = Math.ceil(names.length / 8)
  return {
    none: bitmap,
    diff(w, pairs, rows) {
      let row = 0
      try {
        for (; row < rows; row++) checkShape(names, pairs.is[row]!)
      } catch (error) {
        throw inRow(error, row)
      }
      const head = w.hole(bitmap)
      const start = w.length
      names.forEach((name, i) => {
        const before = w.length
        try {
          diffField(w, name, columns[i]!, pairs)
        } catch (error) {
          throw within(error, name)
        }
        if (w.length > before) w.set(head + (i >> 3), 1 << (i & 7))
      })
      if (w.length === start) w.length = head
    },
    patch(r, rows) {
      const bits = readBits(r, names.length)
      const copied: boolean[] = []
      names.forEach((name, i) => {
        if (bits[i >> 3]! & (1 << (i & 7))) columns[i]!.patch(r, fieldOf(rows, name, copied))
      })
    },
  }
}

/** Gives the rows of a field. Setting one copies its struct, unless that was done before. */
function fieldOf(rows: Rows<Plain>, name: string, copied: boolean[]): Rows<unknown> {
  return {
    count: rows.count,
    get: (row) => rows.get(row)[name],
    set(row, value) {
      if (Object.is(rows.get(row)[name], value)) return
      if (!copied[row]) rows.set(row, { ...rows.get(row) })
      copied[row] = true
      rows.get(row)[name] = value
    },
  }
}

/** Throws Misfit unless `value` has these fields and no others. */
export function checkShape(names: readonly string[], value: Plain): void {
  check(names, value)
  for (const name of names) {
    try {
      take(value, name)
    } catch (error) {
      throw within(error, name)
    }
  }
}

/** Writes how one field changed, and puts what came of it back into the rows. */
function diffField(w: Writer, name: string, column: Column<unknown>, { was, is, count }: Pairs<Plain>): void {
  const field = new Pairs<unknown>()
  for (let row = 0; row < count; row++) {
    const before = was[row]![name]
    const now = is[row]![name]
    if (!column.same?.(before, now)) field.push(row, before, now)
  }
  column.diff(w, field, count)
  for (let i = 0; i < field.count; i++) {
    const row = field.at[i]!
    was[row]![name] = field.was[i]
    if (!Object.is(is[row]![name], field.is[i])) is[row]![name] = field.is[i]
  }
}

/** Reads which of `count` fields changed. */
export function readBits(r: Reader, count: number): Uint8Array {
  const bits = r.raw(Math.ceil(count / 8))
  if (count % 8 > 0 && bits.at(-1)! >> (count % 8) > 0)
    throw new Malformed(`a change to a field beyond the ${count} there are`)
  return bits
}

/** Throws Misfit unless `value` has as many fields: one that no type carries would be lost in silence. */
export function check(names: readonly string[], value: Plain): void {
  checkObject(names, value)
  let count = 0
  for (const _ in value) count++
  if (count === names.length) return
  const extra = Object.keys(value).find((name) => !names.includes(name))
  if (extra !== undefined)
    throw new Misfit(`has the unknown field '${extra}'; known are ${names.join(', ') || 'none'}`)
}

export function checkObject(names: readonly string[], value: Plain): void {
  if (typeof value === 'object' && value !== null) return
  throw misfit(`an object with ${names.join(', ') || 'no fields'}`, value)
}

/** Returns the value of a field. Throws Misfit if it is missing, which is not the same as undefined. */
export function take(value: Plain, name: string): unknown {
  const field = value[name]
  if (field === undefined && !(name in value)) throw new Misfit('is missing')
  return field
}
