/* Whether what clients are told is what the game is: snakes that move by one cell each tick. */
import type { Heads, Witness } from './dialects.ts'

/** The field is a torus. */
const SIDE = 128

export interface Watch {
  /** Whether a client has been given to it. */
  isTaken: boolean
  /** Takes what that client is told, in order. */
  take(payload: Uint8Array): void
  reset(): void
  /** How many snakes there are, and how many cells they have moved, on average. */
  seen(): { readonly snakes: number; readonly steps: number }
}

export function watch(witness: Witness): Watch {
  let heads: Heads = new Map()
  let steps = 0
  return {
    isTaken: false,
    take(payload) {
      // Lent bytes, and a decoder may keep what it reads.
      const now = witness.take(payload.slice())
      if (now === undefined) return
      steps += stepsBetween(heads, now)
      heads = now
    },
    reset: () => void (steps = 0),
    seen: () => ({ snakes: heads.size, steps }),
  }
}

/** Gives how many cells the snakes that are in both have moved, on average. */
export function stepsBetween(before: Heads, after: Heads): number {
  let [steps, count] = [0, 0]
  for (const [id, [x, y]] of after) {
    const old = before.get(id)
    if (old === undefined) continue
    steps += around(x - old[0]) + around(y - old[1])
    count++
  }
  return count === 0 ? 0 : steps / count
}

/** The shorter way on a ring. */
function around(distance: number): number {
  const ahead = Math.abs(distance)
  return Math.min(ahead, SIDE - ahead)
}
