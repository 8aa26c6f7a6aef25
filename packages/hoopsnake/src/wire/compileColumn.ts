/*
 * Makes code for columns of structs, in three steps: what stands in the struct is laid out flat (columnPlan.ts); each
 * leaf gives the code that compares it and the code that writes its column (columnLeaf.ts); here they are put together.
 *
 * The code passes the rows once, and looks at all fields of a row. Then each column writes itself, as in struct.ts.
 */
import { columnOf, Pairs } from './column.ts'
import type { Column } from './column.ts'
import { codeOfLeaf, inCode } from './columnLeaf.ts'
import type { LeafCode } from './columnLeaf.ts'
import { inPath, planOf } from './columnPlan.ts'
import type { Level, Plan } from './columnPlan.ts'
import { inRow } from './errors.ts'
import { evaluate } from './evaluate.ts'
import { writeSteps } from './steps.ts'
import { checkShape } from './struct.ts'
import type { Fields, Type } from './type.ts'

/** From how many rows on unknown fields are searched for by turns, and how many turns there are. */
const MANY = 64

/** Makes the column of the struct `type`; `fields` are its own, compiled. */
export function compileColumn<T>(type: Type<T>, fields: Fields): Column<T> {
  const plan = planOf(fields)
  const shapes = plan.levels.map(shapeOf)
  const tools = { leaves: plan.leaves, shapes, columnOf, Pairs, inRow, inPath, writeSteps }
  const code = codeOf(plan)
  const make = (rows: number): Column<T>['diff'] =>
    evaluate(code, { ...tools, capacity: rows }) as Column<T>['diff']
  let capacity = MANY
  let made = make(capacity)
  return {
    ...(type.column as Column<T>),
    diff(w, pairs, rows) {
      // Made anew for more rows, since it is quickest where its arrays are constants.
      if (rows > capacity) {
        while (capacity < rows) capacity *= 4
        made = make(capacity)
      }
      made(w, pairs, rows)
    },
  }
}

/** Returns what throws Misfit unless a struct has its fields, and no others. */
function shapeOf({ path, names }: Level): (value: Record<string, unknown>) => void {
  return (value) => {
    try {
      checkShape(names, value)
    } catch (error) {
      throw inPath(error, path)
    }
  }
}

function codeOf(plan: Plan): string {
  const leaves = plan.leaves.map(codeOfLeaf)
  const each = (code: (n: number) => string): string => leaves.map((_, n) => code(n)).join('\n')
  return `
  const [${plan.levels.map((_, i) => `shape${i}`).join(', ')}] = shapes
  ${plan.levels.map(searchCode).join('\n')}
  ${each((n) => leaves[n]!.tools)}
  let turn = 0
  function pass(was, is, rows) {
    // Of many rows each is searched for unknown fields every ${MANY}th time: that costs as much as all the rest.
    const mask = rows < ${MANY} ? 0 : ${MANY - 1}
    turn = (turn + 1) & mask
    ${each((n) => `let n${n} = 0`)}
    ${each((n) => leaves[n]!.before ?? '')}
    let i = 0
    try {
      for (; i < rows; i++) {
        const a0 = was[i], b0 = is[i]
        ${passCode(plan, leaves, 0)}
      }
    } catch (error) { throw inRow(explained(error, is[i]), i) }
    ${each((n) => `count${n} = n${n}`)}
    ${each((n) => leaves[n]!.after ?? '')}
  }
  function explained(error, row) {
    // What was not even an object shows when a field of it is asked for.
    try {
      ${plan.levels.map(({ path }, i) => `shape${i}(row${inCode(path)})`).join('\n')}
      ${each((n) => leaves[n]!.explain ?? '')}
    } catch (reason) { return reason }
    return error
  }
  return function diff(w, { was, is }, rows) {
    pass(was, is, rows)
    ${writeCode(plan, leaves, 0)}
  }`
}

/** Gives code that searches a struct for unknown fields. */
function searchCode({ names }: Level, level: number): string {
  return `function search${level}(value) {
    let count = 0
    if (typeof value === 'object') for (const _ in value) count++
    if (count !== ${names.length} || typeof value !== 'object') shape${level}(value)
  }`
}

/** Gives code that looks at a struct: `a` as it was, `b` as it is. */
function passCode(plan: Plan, leaves: readonly LeafCode[], level: number): string {
  const { names, fields } = plan.levels[level]!
  const code = fields.map((field, i) => {
    if ('leaf' in field) return leaves[field.leaf]!.pass
    const name = JSON.stringify(names[i])
    return `const a${field.level} = a${level}[${name}], b${field.level} = b${level}[${name}]
      ${passCode(plan, leaves, field.level)}`
  })
  return `if ((i & mask) === turn) search${level}(b${level})
    ${code.join('\n')}`
}

/** Gives code that writes the column of a struct. */
function writeCode(plan: Plan, leaves: readonly LeafCode[], level: number): string {
  const { fields } = plan.levels[level]!
  const code = fields.map((field, i) => {
    const write = 'leaf' in field ? leaves[field.leaf]!.write : writeCode(plan, leaves, field.level)
    return `{ const before = w.length
      ${write}
      if (w.length > before) w.set(head${level} + ${i >> 3}, ${1 << (i & 7)}) }`
  })
  return `const head${level} = w.hole(${Math.ceil(fields.length / 8)}), start${level} = w.length
    ${code.join('\n')}
    if (w.length === start${level}) w.length = head${level}`
}
