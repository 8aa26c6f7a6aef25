import type { Clock } from './clock.ts'
import type { Rooms } from './kind.ts'
import type { Link } from './link.ts'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

/** What a host is given: law 3, it takes nothing by itself. */
export interface HostOptions {
  readonly rooms: Rooms
  readonly clock: Clock
  /** Unguessable 32-bit numbers, for room codes, tokens and seeds. */
  readonly entropy: () => number
  readonly store: Store
  readonly log: Log
  /** Rooms at most; beyond, a dial that would open one is refused with SERVER_FULL. Default 10,000. */
  readonly maxRooms?: number
}

/** Runs rooms. The gateway talks to it as a {@link Link}. */
export interface Host extends Link {
  /** Opens the rooms that the store has kept. Resolves when all are open. */
  restore(): Promise<void>
  /** Refuses new dials, saves what is to be saved, closes every room. Resolves when all is written. */
  stop(): Promise<void>
  /** Counts, for `/healthz` and metrics. */
  readonly counts: {
    readonly rooms: number
    readonly seats: number
    readonly watchers: number
    readonly ticks: number
  }
}

/** Makes a host. */
export function createHost(_options: HostOptions): Host {
  throw new Error('not yet')
}
