/* How late ticks come. */

/** Width of a bin, in ms, and their number: the last one takes what is later still. */
const BIN = 0.05
const BINS = 20_000

/**
 * Counts how late ticks come at clients: by how many ms the time since the tick before is longer than it should be.
 *
 * So a server whose clock drifts a little is not late, and one late tick is not held against those that follow.
 */
export class Lateness {
  readonly #bins = new Uint32Array(BINS)
  #count = 0

  note(ms: number): void {
    this.#bins[Math.min(BINS - 1, Math.max(0, Math.round(ms / BIN)))]!++
    this.#count++
  }

  reset(): void {
    this.#bins.fill(0)
    this.#count = 0
  }

  /** Gives the lateness in ms that such a share (0 … 1) of the ticks does not exceed; NaN where there were none. */
  percentile(share: number): number {
    if (this.#count === 0) return NaN
    let left = share * this.#count
    const bin = this.#bins.findIndex((count) => (left -= count) <= 0)
    return bin * BIN
  }
}
