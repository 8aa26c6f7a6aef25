/* Histograms as `/metrics` tells them: how many values were not above each bound. */

/** By bound, in the unit of the metric; the last bound is Infinity. */
export type Buckets = ReadonlyMap<number, number>

/** Reads a histogram from Prometheus' text, all its labels together. Empty where there is none of that name. */
export function bucketsIn(text: string, name: string): Buckets {
  const found = new Map<number, number>()
  for (const [, labels = '', count] of text.matchAll(new RegExp(`^${name}_bucket\\{(.*)\\} (\\S+)$`, 'gm'))) {
    const [, le = ''] = /le="([^"]+)"/.exec(labels) ?? []
    const bound = le === '+Inf' ? Infinity : Number(le)
    found.set(bound, (found.get(bound) ?? 0) + Number(count))
  }
  return found
}

/** Gives what came from one look to the next, over all pairs of looks. */
export function gained(looks: readonly (readonly [before: Buckets, after: Buckets])[]): Buckets {
  const sum = new Map<number, number>()
  for (const [before, after] of looks) {
    for (const [bound, count] of after)
      sum.set(bound, (sum.get(bound) ?? 0) + count - (before.get(bound) ?? 0))
  }
  return sum
}

/** Gives the smallest bound that such a share (0 … 1) of the values is not above; NaN where there are none. */
export function boundOf(buckets: Buckets, share: number): number {
  const total = buckets.get(Infinity) ?? 0
  const bounds = [...buckets.keys()].sort((a, b) => a - b)
  return total === 0 ? NaN : bounds.find((bound) => buckets.get(bound)! >= share * total)!
}
