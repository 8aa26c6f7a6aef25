import type { Effects } from './effects.ts'
import type { Late } from './loop.ts'

/** Upper bounds of the buckets of durations, in ms. What is above the last one has a bucket of its own. */
const DURATIONS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500]
/** Upper bounds of the buckets of numbers of entries. */
const DEPTHS: readonly number[] = [0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500]
/** Codes that are counted one by one; others, of a game that makes them up as it goes, are counted together. */
const MOST_CODES = 64
const OTHERS = 'OTHERS'

/** How often a value fell between which bounds. Plain data, which can cross to another thread and be added up. */
export interface Histogram {
  readonly bounds: readonly number[]
  /** Values up to each bound and above the one before; the last place is for those above all bounds. */
  readonly counts: Float64Array
  sum: number
}

/** How often each code was told. */
export type ByCode = Map<string, number>

/**
 * What all rooms of one game in one thread have done since it started. Plain data; only ever rises.
 *
 * Times in ms. Recording costs no allocation: it is on the path of every tick.
 */
export interface Telemetry {
  /** How long a turn of a room took: what came in, its ticks, comparison, encoding, and writing to its clients. */
  readonly turn: Histogram
  /** How long after it was due a turn began. */
  readonly late: Histogram
  /** How long comparing and encoding took, at each flush. */
  readonly encode: Histogram
  /** Entries taken out of the inbox at a turn. */
  readonly inbox: Histogram
  /** Ticks made, left out, and put off: `made + skipped + dilated` fell due. */
  made: number
  skipped: number
  dilated: number
  framesOut: number
  bytesOut: number
  /** Flushes that a client did not get because it could not keep up; a FULL makes up for them. */
  framesOwed: number
  framesIn: number
  bytesIn: number
  /** Inputs consumed: `applied + refused + failed`. */
  applied: number
  refused: number
  failed: number
  /** What became of dials: `joined`, `resumed`, `watching`, or the code of the refusal. */
  readonly dials: ByCode
  /** Codes with which inputs were refused. */
  readonly refusals: ByCode
  /** Codes with which rooms ended the connection of a client that was in. */
  readonly closings: ByCode
}

/** A game, its telemetry, and what there is of it now. */
export interface GameReport {
  readonly game: string
  readonly telemetry: Telemetry
  readonly rooms: number
  readonly seats: number
  readonly watchers: number
  /** Connections of seats and watchers; a seat that is held has none. */
  readonly clients: number
}

/** What a host has done and has now. */
export interface HostReport {
  readonly games: readonly GameReport[]
  /** By how much the tick that has been due longest is overdue, in ms; 0 where none is. */
  readonly overdue: number
}

/** Makes a histogram that has counted nothing. */
export function createHistogram(bounds: readonly number[] = DURATIONS): Histogram {
  return { bounds, counts: new Float64Array(bounds.length + 1), sum: 0 }
}

/** Counts a value. */
export function record(histogram: Histogram, value: number): void {
  const { bounds, counts } = histogram
  let at = 0
  // From below: most values are small, and sixteen comparisons cost less than a clever search.
  while (at < bounds.length && value > bounds[at]!) at++
  counts[at]! += 1
  histogram.sum += value
}

/** Counts a turn of a room that made so many ticks, `late` as it began. */
export function countTurn(telemetry: Telemetry, ticks: number, late: Late): void {
  telemetry.made += ticks
  telemetry.skipped += late.skipped
  telemetry.dilated += late.dilated
  record(telemetry.late, late.ms)
}

/** Counts what became of the inputs that were consumed since the last flush. */
export function countInputs(telemetry: Telemetry, { own, consumed }: Effects): void {
  telemetry.applied += consumed
  for (const { refusals } of own.values()) {
    for (const { code } of refusals) {
      telemetry.applied--
      telemetry[code === 'INPUT_FAILED' ? 'failed' : 'refused']++
      countCode(telemetry.refusals, code)
    }
  }
}

/** Counts one for a code. */
export function countCode(codes: ByCode, code: string, times: number = 1): void {
  const name = codes.has(code) || codes.size < MOST_CODES ? code : OTHERS
  codes.set(name, (codes.get(name) ?? 0) + times)
}

/** Makes telemetry of a game that has done nothing yet. */
export function createTelemetry(): Telemetry {
  return {
    turn: createHistogram(),
    late: createHistogram(),
    encode: createHistogram(),
    inbox: createHistogram(DEPTHS),
    made: 0,
    skipped: 0,
    dilated: 0,
    framesOut: 0,
    bytesOut: 0,
    framesOwed: 0,
    framesIn: 0,
    bytesIn: 0,
    applied: 0,
    refused: 0,
    failed: 0,
    dials: new Map(),
    refusals: new Map(),
    closings: new Map(),
  }
}

/** Adds what one thread counted to what others did. Histograms must have the same bounds. */
export function addTelemetry(sum: Telemetry, more: Telemetry): void {
  for (const key of Object.keys(more) as (keyof Telemetry)[]) {
    const value = more[key]
    if (typeof value === 'number') (sum[key] as number) += value
    else if (value instanceof Map)
      for (const [code, times] of value) countCode(sum[key] as ByCode, code, times)
    else addHistogram(sum[key] as Histogram, value)
  }
}

/** Adds up what several reports say of the same games. */
export function addGames(reports: readonly (readonly GameReport[])[]): GameReport[] {
  const sums = new Map<string, GameReport>()
  for (const one of reports.flat()) {
    const { game } = one
    const { telemetry, ...sum } = sums.get(game) ?? noReport(game)
    addTelemetry(telemetry, one.telemetry)
    sums.set(game, {
      game,
      telemetry,
      rooms: sum.rooms + one.rooms,
      seats: sum.seats + one.seats,
      watchers: sum.watchers + one.watchers,
      clients: sum.clients + one.clients,
    })
  }
  return [...sums.values()]
}

function noReport(game: string): GameReport {
  return { game, telemetry: createTelemetry(), rooms: 0, seats: 0, watchers: 0, clients: 0 }
}

/** Adds the values that one histogram counted to another of the same bounds. */
export function addHistogram(sum: Histogram, more: Histogram): void {
  for (let i = 0; i < more.counts.length; i++) sum.counts[i]! += more.counts[i]!
  sum.sum += more.sum
}
