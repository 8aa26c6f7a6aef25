import type { AnyProtocol, MineOf } from './protocol.ts'
import type { Seat } from './rules.ts'

/** A seat as the machine keeps it: what rules see, and what is between the room and the player's connection. */
export interface SeatRecord extends Seat {
  mine: MineOf<AnyProtocol>
  away: boolean
  /** Of the secret by which the player comes back: see `tokens.ts`. */
  readonly digest: string
  /** Sequence of the last input put into the inbox; the next one is `taken + 1`. */
  taken: number
  /** Sequence of the last input consumed. `acked <= taken` */
  acked: number
  /** What `acked` was at the last flush: what the player knows of. */
  told: number
  /** Inputs up to this sequence brought the room down before: they are not tried again. */
  spoiled: number
  /** Ticks at which an input of this seat failed, the newest last. */
  failures: number[]
}

/** Inputs of one seat that may wait in the inbox. Beyond, its connection is closed (FLOOD). */
export const MAX_WAITING = 64

/** Failing inputs within a minute after which a seat is closed. */
export const MAX_FAILURES = 3

/** What a new seat is made from. */
export interface SeatSeed {
  readonly id: number
  readonly digest: string
  readonly user: unknown
}

/** Makes the record of a new seat. `kick` is what `seat.kick` does. */
export function createSeat(
  { id, digest, user }: SeatSeed,
  kick: (id: number, reason: string) => void,
): SeatRecord {
  return {
    id,
    digest,
    user,
    mine: {},
    away: false,
    taken: 0,
    acked: 0,
    told: 0,
    spoiled: 0,
    failures: [],
    kick: (reason) => kick(id, reason),
  }
}
