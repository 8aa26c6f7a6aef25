import type { Reason } from './frames/hello.ts'
import type { LateTicks, Outcome } from './rules.ts'

/** One thing that happens to a room. Recorded, the entries of all ticks are the room's whole history. */
export type Entry =
  | {
      readonly kind: 'join'
      readonly seat: number
      /** Of the secret that brings the player back. */
      readonly digest: string
      readonly user: unknown
      readonly ask: unknown
      /** Set once it failed: the seat is refused without the hook. */
      failed?: Reason | undefined
    }
  | { readonly kind: 'leave' | 'away' | 'back'; readonly seat: number }
  | Input
  | ({ readonly kind: 'late' } & LateTicks)
  | { readonly kind: 'message'; readonly message: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly result: number; readonly outcome: Outcome<unknown> }

/** What a seat asks of the room. */
export interface Input {
  readonly kind: 'input'
  readonly seat: number
  readonly seq: number
  /** Number of the input in the protocol. */
  readonly input: number
  readonly value: unknown
  /** Set once it failed, or where that is known already: it is consumed without its handler. */
  failed: Reason | undefined
}

/** The one way into a room. Bounded: who finds it full is refused, and says so to the sender. */
export interface Inbox {
  /** Whether joins and inputs are refused. */
  readonly full: boolean
  /** Puts an entry in. False when full; what is bounded by itself (leave, away, back, results) always fits. */
  put(entry: Entry): boolean
  /** Takes everything out, oldest first. */
  drain(): Entry[]
  /** How many entries wait. */
  readonly size: number
}

/** What is not bounded by itself. */
const refusable: ReadonlySet<Entry['kind']> = new Set(['join', 'input', 'message'])

/** Makes an inbox that refuses joins, inputs and messages once `max` entries wait. */
export function createInbox(max: number): Inbox {
  let entries: Entry[] = []
  return {
    get full() {
      return entries.length >= max
    },
    put(entry) {
      if (entries.length >= max && refusable.has(entry.kind)) return false
      entries.push(entry)
      return true
    },
    drain() {
      const taken = entries
      entries = []
      return taken
    },
    get size() {
      return entries.length
    },
  }
}
