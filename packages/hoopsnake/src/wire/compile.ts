/*
 * Makes code for structs, which are where the time goes: functions that name the fields, instead of a walk over a table
 * of them at every value. They do what struct.ts does, byte for byte and word for word; one property suite holds both.
 *
 * Functions from text are what the Content Security Policy of a page forbids, and should. So this is for servers, which
 * compile the types of their rooms (server/place); nothing that a browser loads may import it.
 */
import { compileColumn } from './compileColumn.ts'
import { within } from './errors.ts'
import { differ, evaluate } from './evaluate.ts'
import { check, checkObject, readBits, take } from './struct.ts'
import type { Type } from './type.ts'

/** Returns the same type, with code made for every struct in it. */
export function compile<T>(type: Type<T>): Type<T> {
  if (type.fields === undefined) return type.around?.(compile) ?? type
  const parts = Object.entries(type.fields).map(([name, part]) => [name, compile(part)] as const)
  const names = parts.map(([name]) => name)
  const types = parts.map(([, part]) => part)
  const tools = { names, types, check, checkObject, readBits, take, within }
  const fields = Object.fromEntries(parts)
  return {
    ...type,
    ...(evaluate(codeOf(names, types), tools) as Pick<Type<T>, 'write' | 'read' | 'copy' | 'diff' | 'patch'>),
    fields,
    column: compileColumn(type, fields),
  }
}

/** Gives the code of the five functions. */
function codeOf(names: readonly string[], types: readonly Type<unknown>[]): string {
  const bitmap = Math.ceil(names.length / 8)
  const each = (code: (name: string, i: number) => string): string =>
    names.map((name, i) => code(JSON.stringify(name), i)).join('\n')
  /** Names the field that it stands at when something is thrown. */
  const guard = (code: string): string => `let f = 0
    try { ${code} } catch (error) { throw within(error, names[f]) }`
  const get = (name: string, i: number): string => `f = ${i}
    const is${i} = value[${name}]
    if (is${i} === undefined) take(value, ${name})`
  const write = (name: string, i: number): string => `${get(name, i)}
    const x${i} = t${i}.write(w, is${i})
    if (!Object.is(x${i}, is${i})) value[${name}] = x${i}`
  const diff = (name: string, i: number): string => `${get(name, i)}
    const was${i} = shadow[${name}]
    if (${types[i]!.atom ? differ(types[i]!, `was${i}`, `is${i}`) : 'true'}) {
      const before = w.length
      const x = t${i}.diff(w, was${i}, is${i})
      if (w.length > before) w.set(head + ${i >> 3}, ${1 << (i & 7)})
      if (x !== was${i}) shadow[${name}] = x
      ${types[i]!.atom ? `if (!Object.is(x, is${i})) value[${name}] = x` : ''}
    }`
  const patch = (name: string, i: number): string =>
    `${name}: bits[${i >> 3}] & ${1 << (i & 7)} ? t${i}.patch(r, base[${name}]) : base[${name}],`
  return `
  const [${names.map((_, i) => `t${i}`).join(', ')}] = types
  ${unchangedCode(names, types)}
  return {
    unchanged,
    write(w, value) {
      check(names, value)
      ${guard(each(write))}
      return value
    },
    read: (r) => ({ ${each((name, i) => `${name}: t${i}.read(r),`)} }),
    copy(value) {
      checkObject(names, value)
      ${guard(`${each(get)}; return { ${each((name, i) => `${name}: (f = ${i}, t${i}.copy(is${i})),`)} }`)}
    },
    diff(w, shadow, value) {
      let count = -1
      if (typeof value === 'object' && value !== null) {
        count = 0
        for (const _ in value) count++
      }
      if (count !== ${names.length}) check(names, value)
      else if (unchanged?.(shadow, value)) return shadow
      const head = w.hole(${bitmap})
      const start = w.length
      ${guard(each(diff))}
      if (w.length === start) w.length = head
      return shadow
    },
    patch(r, base) {
      const bits = readBits(r, ${names.length})
      return { ${each(patch)} }
    },
  }`
}

/** Gives code for `unchanged`; there is none where a field cannot be compared at once. */
function unchangedCode(names: readonly string[], types: readonly Type<unknown>[]): string {
  const same = types.map((type, i) => {
    const [was, is] = [`shadow[${JSON.stringify(names[i])}]`, `value[${JSON.stringify(names[i])}]`]
    // One that is missing is undefined too, which `diff` looks into.
    if (type.atom) return `!(${differ(type, was, is)}) && ${is} !== undefined`
    return type.unchanged && `t${i}.unchanged(${was}, ${is})`
  })
  if (same.includes(undefined)) return 'const unchanged = undefined'
  return `const unchanged = (shadow, value) =>
    ${['value !== undefined && value !== null', ...same].join(' && ')}`
}
