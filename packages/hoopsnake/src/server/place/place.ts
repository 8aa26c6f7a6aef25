import type { Bus } from '../../core/bus.ts'
import type { Clock } from '../../core/clock.ts'
import type { Rooms } from '../../core/kind.ts'
import type { Link } from '../../core/link.ts'
import type { Log } from '../../core/log.ts'
import type { Store } from '../../core/store.ts'
import type { HostReport } from '../../core/telemetry.ts'
import type { JobPool } from '../jobs/pool.ts'
import type { ThreadReport } from '../metrics/thread.ts'

/** What a place is given to run rooms with. */
export interface PlaceGiven {
  readonly rooms: Rooms
  readonly store: Store
  readonly bus: Bus
  /** undefined: there are no jobs. */
  readonly jobs: JobPool | undefined
  readonly log: Log
  /** For rooms that run in this thread; another thread has its own. */
  readonly clock: Clock
  /** Whether ticks are to be timed to a tenth of a millisecond: see `preciseClock`. */
  readonly precise: boolean
  /** Unguessable 32-bit numbers. */
  readonly entropy: () => number
  /** What tokens are signed with, the newest key first. */
  readonly keys: readonly string[]
  /** Rooms at most, in the whole place. */
  readonly maxRooms: number
}

/** What runs, in numbers. A place with threads of its own may be up to a second behind. */
export interface Counts {
  readonly rooms: number
  readonly seats: number
  readonly watchers: number
  readonly ticks: number
}

/** What one thread of rooms has done and has now, as it last said. */
export interface RoomsReport extends HostReport {
  /** `main`, or e.g. `rooms 1`. */
  readonly thread: string
  /** Whether it has answered lately. */
  readonly answers: boolean
  /** How that thread does; undefined while it is none, and where it is the main one. */
  readonly self: ThreadReport | undefined
}

/** Rooms that run somewhere. */
export interface RunningPlace {
  readonly link: Link
  readonly counts: Counts
  /** For metrics and health, by thread; up to a second old. */
  readonly reports: readonly RoomsReport[]
  /** Refuses new dials, saves what is to be saved, closes every room. Resolves when all is written. */
  stop(): Promise<void>
}

/** Where rooms run. Resolves when the rooms that the store has kept are open again. */
export type Place = (given: PlaceGiven) => Promise<RunningPlace>
