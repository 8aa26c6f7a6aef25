/*
 * Makes code for columns of structs: one pass over the rows compares field by field and gathers what may have changed;
 * then each column writes itself, as it does in struct.ts.
 */
import { columnOf, Pairs } from './column.ts'
import type { Column } from './column.ts'
import { inRow, within } from './errors.ts'
import { differ, evaluate } from './evaluate.ts'
import { writeSteps } from './steps.ts'
import { checkShape } from './struct.ts'
import type { Fields, Type } from './type.ts'

/** From how many rows on unknown fields are searched for by turns. */
const MANY = 64

/** A field of the struct, or of a struct in it, which is no struct itself. */
interface Leaf {
  readonly path: readonly string[]
  readonly type: Type<unknown>
  readonly column: Column<unknown>
  readonly pairs: Pairs<unknown>
  /** Of integers of more than 16 values: by how much they changed. */
  readonly by: number[] | undefined
}

/** A struct in the struct, or itself: names of its fields, which in the code are those of `rows[path]`. */
interface Level {
  readonly path: readonly string[]
  readonly names: readonly string[]
  /** What stands in its fields: leaves and levels, by number. */
  readonly fields: readonly ({ readonly leaf: number } | { readonly level: number })[]
}

/** Makes the column of the struct `type`; `fields` are its own, compiled. */
export function compileColumn<T>(type: Type<T>, fields: Fields): Column<T> {
  const leaves: Leaf[] = []
  const levels: Level[] = []
  flatten(fields, [], { leaves, levels })
  const tools = {
    leaves,
    shapes: levels.map(({ path, names }) => (value: Record<string, unknown>) => {
      try {
        checkShape(names, value)
      } catch (error) {
        throw inPath(error, path)
      }
    }),
    inRow,
    inPath,
    writeSteps,
  }
  const diff = evaluate(codeOf(leaves, levels), tools) as Column<T>['diff']
  return { ...(type.column as Column<T>), diff }
}

function flatten(
  fields: Fields,
  path: readonly string[],
  all: { readonly leaves: Leaf[]; readonly levels: Level[] },
): number {
  const { leaves, levels } = all
  const own: Level['fields'][number][] = []
  const number = levels.push({ path, names: Object.keys(fields), fields: own }) - 1
  for (const [name, type] of Object.entries(fields)) {
    const inner = [...path, name]
    if (type.fields !== undefined) own.push({ level: flatten(type.fields, inner, all) })
    else own.push({ leaf: leaves.push(leafAt(inner, type)) - 1 })
  }
  return number
}

function leafAt(path: readonly string[], type: Type<unknown>): Leaf {
  const { ordinal } = type
  const steps = ordinal?.from !== undefined && ordinal.count > 16
  return { path, type, column: columnOf(type), pairs: new Pairs(), by: steps ? [] : undefined }
}

function inPath(error: unknown, path: readonly string[]): unknown {
  return path.reduceRight(within, error)
}

/** Gives code for what stands at `path` of an object. */
function at(object: string, path: readonly string[]): string {
  return object + path.map((name) => `[${JSON.stringify(name)}]`).join('')
}

function codeOf(leaves: readonly Leaf[], levels: readonly Level[]): string {
  const each = (code: (leaf: Leaf, i: number) => string): string => leaves.map(code).join('\n')
  return `
  const [${leaves.map((_, i) => `leaf${i}`).join(', ')}] = leaves
  ${each((_, i) => `const { type: { ordinal: o${i} }, column: c${i}, pairs: p${i}, by: by${i} } = leaf${i}, f${i} = c${i}.feed`)}
  const [${levels.map((_, i) => `shape${i}`).join(', ')}] = shapes
  let turn = 0
  function compare(w, was, is, rows) {
    // Of many rows each is searched for unknown fields every 16th time: that costs as much as all the rest.
    const mask = rows < ${MANY} ? 0 : 15
    turn = (turn + 1) & mask
    ${each((_, i) => `let n${i} = 0; f${i}?.begin()`)}
    let i = 0
    try {
      for (; i < rows; i++) {
        const a0 = was[i], b0 = is[i]
        ${compareCode(leaves, levels, 0)}
      }
    } catch (error) { throw inRow(error, i) }
    ${each((_, i) => `p${i}.count = n${i}`)}
  }
  ${each(leafCode)}
  return function diff(w, rows, count) {
    const { was, is } = rows
    compare(w, was, is, count)
    ${writeCode(leaves, levels, 0)}
  }`
}

/** Gives code that compares one struct, `a` as it was and `b` as it is, and gathers what may have changed. */
function compareCode(leaves: readonly Leaf[], levels: readonly Level[], level: number): string {
  const { names, fields } = levels[level]!
  const code = fields.map((field, i) => {
    const name = JSON.stringify(names[i])
    if ('leaf' in field) return compareLeaf(leaves[field.leaf]!, field.leaf, { level, name })
    return `const a${field.level} = a${level}[${name}], b${field.level} = b${level}[${name}]
      ${compareCode(leaves, levels, field.level)}`
  })
  return `if (typeof b${level} !== 'object' || b${level} === null) shape${level}(b${level})
    if ((i & mask) === turn) {
      let count = 0
      for (const _ in b${level}) count++
      if (count !== ${names.length}) shape${level}(b${level})
    }
    ${code.join('\n')}`
}

function compareLeaf(
  { type, column, by }: Leaf,
  n: number,
  { level, name }: { level: number; name: string },
): string {
  const [a, b] = [`a${level}[${name}]`, `b${level}[${name}]`]
  const missing = `if (y === undefined && !(${name} in b${level})) shape${level}(b${level})`
  if (by !== undefined) {
    const { from = 0, count } = type.ordinal!
    // What is no such integer, and −0, is seen to by the ordinal: the first throws, the other is put right.
    return `{ const x = ${a}
      let y = ${b}
      if (x !== y || y === 0 && Object.is(y, -0)) {
        ${missing}
        if (!((y | 0) === y || Number.isInteger(y)) || y < ${from} || y > ${from + count - 1} || y === 0)
          try { y = ${b} = o${n}.at(o${n}.indexOf(y)) } catch (error) { throw inPath(error, leaf${n}.path) }
        if (x !== y) { p${n}.at[n${n}] = i; by${n}[n${n}++] = y - x; ${a} = y }
      } }`
  }
  if (column.feed !== undefined) {
    return `{ const x = ${a}, y = ${b}
      ${missing}
      try { f${n}.row(w, i, x, y) } catch (error) { throw inPath(error, leaf${n}.path) } }`
  }
  const mayDiffer = type.atom ? differ('x', 'y') : column.same === undefined ? 'true' : `!c${n}.same(x, y)`
  return `{ const x = ${a}, y = ${b}
      ${missing}
      if (${mayDiffer}) { p${n}.at[n${n}] = i; p${n}.was[n${n}] = x; p${n}.is[n${n}++] = y } }`
}

/** Gives the function that writes the column of a leaf and puts what came of it back into the rows. */
function leafCode({ path, type, column, by }: Leaf, n: number): string {
  if (column.feed !== undefined) return ''
  const a = at(`was[rows[j]]`, path)
  const b = at(`is[rows[j]]`, path)
  if (by !== undefined) {
    return `function write${n}(w, was, is, count) {
      const { at: rows } = p${n}
      writeSteps(w, leaf${n}.type, { at: rows, by: by${n}, count: p${n}.count }, count, (j) => ${b})
    }`
  }
  const settle = `for (let j = 0; j < p${n}.count; j++) {
        if (${a} !== then[j]) ${a} = then[j]
        ${type.atom ? `if (!Object.is(${b}, now[j])) ${b} = now[j]` : ''}
      }`
  return `function write${n}(w, was, is, count) {
    try {
      c${n}.diff(w, p${n}, count)
    } catch (error) { throw inPath(error, leaf${n}.path) }
    const { at: rows, was: then, is: now } = p${n}
    ${settle}
    ${type.atom ? '' : `p${n}.clear()`}
  }`
}

/** Gives code that writes the column of a struct. */
function writeCode(leaves: readonly Leaf[], levels: readonly Level[], level: number): string {
  const { fields } = levels[level]!
  const code = fields.map((field, i) => {
    const set = `if (w.length > before) w.set(head${level} + ${i >> 3}, ${1 << (i & 7)})`
    if ('level' in field)
      return `{ const before = w.length; ${writeCode(leaves, levels, field.level)}; ${set} }`
    if (leaves[field.leaf]!.column.feed !== undefined)
      return `{ const before = w.length; f${field.leaf}.end(w, count); ${set} }`
    return `if (p${field.leaf}.count > 0) { const before = w.length; write${field.leaf}(w, was, is, count); ${set} }`
  })
  return `const head${level} = w.hole(${Math.ceil(fields.length / 8)}), start${level} = w.length
    ${code.join('\n')}
    if (w.length === start${level}) w.length = head${level}`
}
