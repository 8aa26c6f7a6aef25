/** One thing measured, against its bound. */
export interface Figure {
  readonly name: string
  readonly value: number | string
  /** What it may be, for people: '≤ 15 s'. */
  readonly bound: string
  readonly ok: boolean
}

/** How much of it is done: each campaign says what is counted, and what lasts. */
export interface Size {
  readonly count: number
  readonly seconds: number
  /** How many times as fast as the one on the wall the server's clock goes; only where a campaign has it. */
  readonly speed?: number
}

/** What a run of a campaign is given. */
export interface Given extends Size {
  /** Where chance begins: the same seed does the same again. */
  readonly seed: number
  /** Says how far it is, for people who wait. */
  readonly progress: (text: string) => void
}

/**
 * A fault that is made on purpose, and what it may cost.
 *
 * `faults/campaigns/NAME.ts` exports one as `campaign`, and `npm run faults -- NAME` runs it.
 */
export interface Campaign {
  /** In one line: what is done. */
  readonly about: string
  /** How much is done unless asked otherwise. */
  readonly usual: Size
  /** Does it, and leaves nothing behind. Rejects only if it could not be done at all. */
  run(given: Given): Promise<Figure[]>
}

/** A figure that may be at most `bound`. */
export function atMost(name: string, value: number, bound: number, unit = ''): Figure {
  return { name: named(name, unit), value: rounded(value), bound: `≤ ${bound}`, ok: value <= bound }
}

/** A figure that must be at least `bound`. */
export function atLeast(name: string, value: number, bound: number, unit = ''): Figure {
  return { name: named(name, unit), value: rounded(value), bound: `≥ ${bound}`, ok: value >= bound }
}

/** A figure that must be just that. */
export function exactly(name: string, value: number | string, wanted: number | string): Figure {
  return { name, value, bound: `= ${wanted}`, ok: value === wanted }
}

function named(name: string, unit: string): string {
  return unit === '' ? name : `${name}, ${unit}`
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
