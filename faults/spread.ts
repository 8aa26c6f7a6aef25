/** Gives the value below which that share of the values lies. NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
}

/** Gives the slope of a line through points, the median of those between any two (Theil–Sen): outliers do not turn it. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points.flatMap(([x, y], at) => points.slice(0, at).map(([ox, oy]) => (y - oy) / (x - ox)))
  return quantile(slopes, 0.5)
}

/** Counts how often each value stands in a list. */
export function tally<T>(values: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Resolves after so many ms. */
export function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Resolves once `holds`, or after `most` ms: says whether it did. It is asked every so many ms. */
export async function within(
  most: number,
  holds: () => boolean | Promise<boolean>,
  every = 10,
): Promise<boolean> {
  for (const end = performance.now() + most; performance.now() < end; await after(every))
    if (await holds()) return true
  return holds()
}

/** Makes a source of numbers from 0 to below 1 that gives the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let at = seed | 0
  return () => {
    at = (at + 0x6d2b79f5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), at | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
