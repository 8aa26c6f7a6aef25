import type { Spread } from './pairs.ts'

/** One figure against its goal. */
export interface Figure {
  readonly name: string
  /** What was measured: a ratio to something else, or a number in the unit that the name says. */
  readonly ratio: number
  readonly goal: string
  readonly ok: boolean
  /** Least and most of the pairs that `ratio` is the median of, and their number. */
  readonly spread?: readonly [number, number]
  readonly pairs?: number
}

/** A number, or the median of several with the spread. */
export type Measured = number | Spread

/** Makes a figure that must not be above its goal. */
export function atMost(name: string, measured: Measured, goal: number): Figure {
  return figure(name, measured, `≤ ${goal}`, (value) => value <= goal)
}

/** Makes a figure that must not be below its goal. */
export function atLeast(name: string, measured: Measured, goal: number): Figure {
  return figure(name, measured, `≥ ${goal}`, (value) => value >= goal)
}

/** Makes a figure that must lie between two numbers. */
export function within(name: string, measured: Measured, [low, high]: readonly [number, number]): Figure {
  return figure(name, measured, `${low} … ${high}`, (value) => value >= low && value <= high)
}

// What could not be measured is NaN, and reaches no goal.
function figure(name: string, measured: Measured, goal: string, reached: (value: number) => boolean): Figure {
  if (typeof measured === 'number') return { name, ratio: measured, goal, ok: reached(measured) }
  const { median, low, high, count } = measured
  return { name, ratio: median, goal, ok: reached(median), spread: [low, high], pairs: count }
}

/** Tells what was measured: `0.68 (0.61 … 0.72 in 7)`. */
export function say({ ratio, spread, pairs }: Figure): string {
  const digits = (value: number): string => {
    // Four digits, so that what is just beside a goal does not look as if it were at it.
    return Number.isFinite(value) ? Number(value.toPrecision(4)).toString() : '–'
  }
  const more = spread && ` (${digits(spread[0])} … ${digits(spread[1])}${pairs ? ` in ${pairs}` : ''})`
  return digits(ratio) + (more ?? '')
}

/** Says whether a bench reached all its goals. One without figures has shown nothing. */
export function allOk(figures: readonly Figure[]): boolean {
  return figures.length > 0 && figures.every(({ ok }) => ok)
}
