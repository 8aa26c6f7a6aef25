/** The median of some measurements, the least and the most of them. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
  /** How many there are. */
  readonly count: number
}

/** How many pairs a figure needs. */
export const PAIRS = 7

/**
 * Measures several things in turn, A B C A B C …: what else the machine does meanwhile then meets all alike.
 *
 * Gives the measurements of each, in the order in which they were made: the first ones of all belong together.
 */
export async function rounds<K extends string, T>(
  count: number,
  things: Readonly<Record<K, () => T | Promise<T>>>,
  progress: (text: string) => void = () => {},
): Promise<Record<K, T[]>> {
  const names = Object.keys(things) as K[]
  const found = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<K, T[]>
  for (let round = 0; round < count; round++) {
    for (const name of names) {
      progress(`round ${round + 1} of ${count}: ${name}`)
      found[name].push(await things[name]())
    }
  }
  return found
}

/** Divides each of our measurements by the one of theirs that was made beside it. */
export function ratio(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} and ${theirs.length} do not make pairs`)
  return spread(ours.map((value, place) => value / theirs[place]!))
}

/** Gives median, least and most. Of nothing, all are NaN. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: median(sorted), low: sorted[0] ?? NaN, high: sorted.at(-1) ?? NaN, count: sorted.length }
}

function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1
  const upper = sorted[half] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2
}

/** Gives the value below which lies such a share (0 … 1) of the values; NaN of nothing. Sorts them in place. */
export function percentile(values: number[] | Float64Array, share: number): number {
  values.sort((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? NaN
}
