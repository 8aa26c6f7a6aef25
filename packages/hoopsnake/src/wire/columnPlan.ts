import { within } from './errors.ts'
import type { Fields, Type } from './type.ts'

/** A field of the struct, or of a struct in it, which is no struct itself. */
export interface Leaf {
  readonly path: readonly string[]
  /** Number of the struct it stands in. */
  readonly level: number
  readonly type: Type<unknown>
}

/** A struct in the struct, or itself. */
export interface Level {
  readonly path: readonly string[]
  readonly names: readonly string[]
  /** What stands in its fields: leaves and levels, by number. */
  readonly fields: readonly ({ readonly leaf: number } | { readonly level: number })[]
}

/** A struct laid out flat, with all structs in it. */
export interface Plan {
  readonly leaves: readonly Leaf[]
  /** The first is the struct itself. */
  readonly levels: readonly Level[]
}

/** Lays out a struct of these fields. */
export function planOf(fields: Fields): Plan {
  const plan = { leaves: [] as Leaf[], levels: [] as Level[] }
  layOut(plan, fields, [])
  return plan
}

function layOut(plan: { leaves: Leaf[]; levels: Level[] }, fields: Fields, path: readonly string[]): number {
  const own: Level['fields'][number][] = []
  const level = plan.levels.push({ path, names: Object.keys(fields), fields: own }) - 1
  for (const [name, type] of Object.entries(fields)) {
    const inner = [...path, name]
    if (type.fields !== undefined) own.push({ level: layOut(plan, type.fields, inner) })
    else own.push({ leaf: plan.leaves.push({ path: inner, level, type }) - 1 })
  }
  return level
}

/** Puts a path in front of that of a Misfit, and returns it, to be thrown on. */
export function inPath(error: unknown, path: readonly string[]): unknown {
  return path.reduceRight(within, error)
}
