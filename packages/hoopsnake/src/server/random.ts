import { getRandomValues } from 'node:crypto'

/** Unguessable 32-bit numbers are drawn this many at a time: a call into the system costs more than a number. */
const BATCH = 64

/** Makes a source of unguessable numbers, 0 … 2^32 − 1, for room codes, tokens and seeds. */
export function realEntropy(): () => number {
  const numbers = new Uint32Array(BATCH)
  let used = BATCH
  return () => {
    if (used === BATCH) {
      getRandomValues(numbers)
      used = 0
    }
    const number = numbers[used]!
    // What was handed out is a secret of whoever asked.
    numbers[used++] = 0
    return number
  }
}
