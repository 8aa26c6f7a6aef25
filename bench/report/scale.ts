/* From values to places on a plot. */

export interface Scale {
  /** Gives the place of a value. */
  at(value: number): number
  /** Values worth a line, smallest first. */
  readonly ticks: readonly number[]
}

/** Maps 0 … `most` to `from` … `to`, with ticks at round numbers; the last of them is at `most` or above. */
export function linear(most: number, [from, to]: readonly [number, number], ticks = 5): Scale {
  const step = roundUp(most / ticks)
  const count = Math.max(1, Math.ceil(most / step - 1e-9))
  const end = count * step
  return {
    at: (value) => from + (value / end) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, place) => clean(place * step)),
  }
}

/** Maps the powers of ten around `least` … `most` to `from` … `to`, with a tick at each. */
export function logarithmic(
  [least, most]: readonly [number, number],
  [from, to]: readonly [number, number],
): Scale {
  const low = Math.floor(Math.log10(least) + 1e-9)
  const high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9))
  return {
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: high - low + 1 }, (_, place) => clean(10 ** (low + place))),
  }
}

/** Gives 1, 2 or 5 times a power of ten: the smallest that is not below. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 5, 10].find((round) => round * power >= value * (1 - 1e-9))!
  return clean(factor * power)
}

/** Spreads places that are closer than `gap` apart, each as little as needed, and keeps their order. */
export function spreadOut(places: readonly number[], gap: number): number[] {
  const order = places.map((_, index) => index).toSorted((a, b) => places[a]! - places[b]!)
  const spread = [...places]
  // A few rounds in which those too close push each other away settle it.
  for (let round = 0; round < 200; round++) {
    for (let next = 1; next < order.length; next++) {
      const [upper, lower] = [order[next - 1]!, order[next]!]
      const overlap = gap - (spread[lower]! - spread[upper]!)
      if (overlap <= 0) continue
      spread[upper]! -= overlap / 2
      spread[lower]! += overlap / 2
    }
  }
  return spread
}

/** Without the noise of binary fractions. */
function clean(value: number): number {
  return Number(value.toPrecision(12))
}
