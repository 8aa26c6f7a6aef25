import { Refused } from '../core/errors.ts'
import type { Sent } from '../core/frames/play.ts'
import type { Refusal } from '../core/frames/tick.ts'

/** Inputs that may wait for an answer: about what a room takes at once from a client that comes back. Beyond, AWAY. */
const MAX_PENDING = 100

/** An input without an answer. */
export interface Pending extends Sent {
  seq: number
  readonly name: string
  /** When it was made, in ms. */
  readonly at: number
  /** The tick that is expected to apply it. */
  readonly aim: number
  /** Told how it ended, if somebody asked. */
  readonly settle: ((no: Refused | null) => void) | undefined
}

/** An input that was answered: null where it was applied. */
export interface Settled {
  readonly pending: Pending
  readonly no: Refused | null
}

/** The inputs of one seat on their way, in order. A sequence is given once, and kept over reconnects. */
export class Outbox {
  #pending: Pending[] = []
  #last = 0

  /** All without an answer, oldest first. */
  get pending(): readonly Pending[] {
    return this.#pending
  }

  get full(): boolean {
    return this.#pending.length >= MAX_PENDING
  }

  add(input: Omit<Pending, 'seq'>): Pending {
    const pending = { ...input, seq: ++this.#last }
    this.#pending.push(pending)
    return pending
  }

  /** Takes out what was made before `then` and the room did not take in: it was meant for a moment that is over. */
  expire(taken: number, then: number): readonly Pending[] {
    const stale = this.#pending.filter(({ seq, at }) => seq > taken && at < then)
    this.#pending = this.#pending.filter((pending) => !stale.includes(pending))
    return stale
  }

  /**
   * Gives what is to be sent again to a room that took in everything up to `taken`.
   *
   * A room that came back from a checkpoint may have taken less than it said before: then the rest is counted anew
   * from there, as the room expects it.
   */
  resend(taken: number): readonly Pending[] {
    const rest = this.#pending.filter(({ seq }) => seq > taken)
    this.#last = taken
    for (const pending of rest) pending.seq = ++this.#last
    return rest
  }

  /** Takes out what has an answer now. */
  settle(ack: number | undefined, refusals: readonly Refusal[]): Settled[] {
    const settled: Settled[] = []
    this.#pending = this.#pending.filter((pending) => {
      const refusal = refusals.find(({ seq }) => seq === pending.seq)
      if (refusal !== undefined) settled.push({ pending, no: new Refused(refusal.code, refusal.message) })
      else if (pending.seq <= (ack ?? 0)) settled.push({ pending, no: null })
      else return true
      return false
    })
    return settled
  }

  /** Takes out everything: nobody will answer any more. */
  clear(): readonly Pending[] {
    return this.#pending.splice(0)
  }
}
