import type { Figure } from './measure/figures.ts'

export type { Figure }

/** A bench: what `NAME.bench.ts` in this folder exports as `bench`. It is run by `npm run bench -- NAME`. */
export interface Bench {
  /** What it measures, in a line. */
  readonly about: string
  /** What may be asked of it on the command line: `--name value`. */
  readonly options?: Readonly<Record<string, Option>>
  /** What the report asks of it, where that is not the default. */
  readonly inReport?: Ask
  /** Measures. `ask` has a value for each of the options. */
  run(ask: Ask): Promise<Result>
}

export interface Option {
  readonly default: string
  readonly about: string
}

export type Ask = Readonly<Record<string, string>>

/** What a bench has found. */
export interface Result {
  readonly figures: readonly Figure[]
  /** What lies behind the figures; printed, and shown in the report. */
  readonly tables?: readonly Table[]
  /** What who reads the figures should know, a sentence each. */
  readonly notes?: readonly string[]
  /** Of what was measured besides hoopsnake and Node. */
  readonly versions?: Readonly<Record<string, string>>
}

export interface Table {
  readonly title: string
  readonly rows: readonly Row[]
}

export type Row = Readonly<Record<string, string | number>>

/** Reads a whole number of at least `least` that was asked for. Throws an Error with words for the user. */
export function count(ask: Ask, name: string, least = 1): number {
  const value = Number(ask[name])
  if (Number.isInteger(value) && value >= least) return value
  throw new Error(`--${name} ${ask[name]}: give a whole number, at least ${least}`)
}

/** Reads numbers with commas between them. Throws like `count`. */
export function counts(ask: Ask, name: string): number[] {
  return ask[name]!.split(',').map((part) => count({ [name]: part }, name))
}
