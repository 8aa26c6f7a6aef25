import type { Spread } from './pairs.ts'

/** One figure against its goal. */
export interface Figure {
  readonly name: string
  /** What was measured: a ratio to something else, or a number in the unit that the name says. */
  readonly ratio: number
  readonly goal: string
  readonly ok: boolean
  /** Least and most of the pairs that `ratio` is the median of. */
  readonly spread?: readonly [number, number]
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
  const { median, low, high } = measured
  return { name, ratio: median, goal, ok: reached(median), spread: [low, high] }
}

/** Says whether a bench reached all its goals. One without figures has shown nothing. */
export function allOk(figures: readonly Figure[]): boolean {
  return figures.length > 0 && figures.every(({ ok }) => ok)
}
