import type { AnyProtocol, MineOf } from './protocol.ts'
import type { Seat } from './rules.ts'

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

/** The `mine` of games that have none, and the failures of a seat that has none: the same for all. */
const NOTHING = Object.freeze({})
const NONE: readonly number[] = []

/** A seat as the machine keeps it: what rules see, and what is between the room and the player's connection. */
export class SeatRecord implements Seat {
  readonly id: number
  readonly user: unknown
  mine: MineOf<AnyProtocol> = NOTHING
  away = false
  /** Of the secret by which the player comes back: see `tokens.ts`. */
  readonly digest: string
  /** Sequence of the last input put into the inbox; the next one is `taken + 1`. */
  taken = 0
  /** Sequence of the last input consumed. `acked <= taken` */
  acked = 0
  /** What `acked` was at the last flush: what the player knows of. */
  told = 0
  /** Inputs up to this sequence brought the room down before: they are not tried again. */
  spoiled = 0
  /** Ticks at which an input of this seat failed, the newest last. */
  failures: readonly number[] = NONE
  readonly #kick: (id: number, reason: string) => void

  /** Makes a new seat. `kick` is what its own kick does. */
  constructor({ id, digest, user }: SeatSeed, kick: (id: number, reason: string) => void) {
    this.id = id
    this.digest = digest
    this.user = user
    this.#kick = kick
  }

  kick(reason: string): void {
    this.#kick(this.id, reason)
  }
}
