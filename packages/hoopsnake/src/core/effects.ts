import type { Reason } from './frames/hello.ts'
import type { Refusal, Telling } from './frames/tick.ts'
import type { Services } from './rules.ts'
import type { SeatRecord } from './seats.ts'

/**
 * What ticks want done outside the room.
 *
 * Collected while rules run, carried out by the host at the flush: a tick that fails and runs again leaves nothing
 * behind that was not meant.
 */
export interface Effects {
  /** Events for everybody, oldest first. */
  readonly tellings: Telling[]
  /** What single seats are told. */
  readonly own: Map<number, OwnEffects>
  /** Seats of which inputs were consumed, up to their `acked`. */
  readonly acked: SeatRecord[]
  /** Seats that came in. */
  readonly joined: number[]
  /** Joins that were turned away, with the reason. */
  readonly refused: { readonly seat: number; readonly reason: Reason }[]
  /** Seats that are over, with the reason their players are told. */
  readonly left: { readonly seat: number; readonly reason: Reason }[]
  /** Slow work to start. `result` is the number of the answer in the protocol. */
  readonly work: { readonly run: (services: Services) => Promise<unknown>; readonly result: number }[]
  /** Messages for every room of the game. `message` is the number in the protocol. */
  readonly published: { readonly message: number; readonly payload: Uint8Array }[]
  /** Inputs that were consumed. */
  consumed: number
  /** Set when the room is to close. */
  closed: Reason | undefined
}

/** What one seat alone is told at a flush. */
export interface OwnEffects {
  readonly tellings: Telling[]
  readonly refusals: Refusal[]
  /** Events that could not be kept. */
  missed: number
}

/** Makes effects: none. */
export function noEffects(): Effects {
  return {
    tellings: [],
    own: new Map(),
    acked: [],
    joined: [],
    refused: [],
    left: [],
    work: [],
    published: [],
    consumed: 0,
    closed: undefined,
  }
}

/** Makes what one seat alone is told: nothing. */
export function noOwn(): OwnEffects {
  return { tellings: [], refusals: [], missed: 0 }
}

/** Gives the place for what `seat` alone is told. */
export function ownOf(effects: Effects, seat: number): OwnEffects {
  let own = effects.own.get(seat)
  if (own === undefined) {
    own = noOwn()
    effects.own.set(seat, own)
  }
  return own
}
