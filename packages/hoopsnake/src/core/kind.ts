import type { Duration } from './clock.ts'
import type { AnyProtocol, OptionsOf, StateOf } from './protocol.ts'
import type { AnyRules, Services } from './rules.ts'

/** What a loop does when it is late: see `loop.ts`. */
export type LatePolicy = { readonly catchUp: number } | 'skip' | 'slow' | 'fail'

/** How the server runs a room. Everything has a default. */
export interface RoomOptions<P extends AnyProtocol, L = undefined> {
  /** Ticks per second, 0 < hz ≤ 1000; or 'events': a tick whenever something arrives. Default 20. */
  readonly hz?: number | 'events'
  /** Frames per second, at most `hz` and a divisor of it. Default: one frame per tick. */
  readonly send?: number
  /** Default `{ catchUp: 4 }`. */
  readonly late?: LatePolicy
  /** Seats, 1 … 10,000. Default 16. */
  readonly seats?: number
  /** Watchers without a seat. Default 1,000. */
  readonly watchers?: number
  /** Whether the loop may sleep: nothing moves until somebody does something. */
  readonly idle?: (state: StateOf<P>) => boolean
  /** In a room that ticks on events: the next tick at which something falls due by itself. */
  readonly deadline?: (state: StateOf<P>) => number | undefined
  /** Whether one public room opens with the server, and ticks and stays open with nobody in it. Default false. */
  readonly always?: boolean
  /** How long a room stays open with nobody in it. Default '30s'. */
  readonly closeEmptyAfter?: Duration
  /** How long a seat is held for a player whose connection was lost. Default '30s'. */
  readonly holdSeat?: Duration
  /** How often a checkpoint goes to the store. Default: never. */
  readonly save?: { readonly every: Duration }
  /** Inputs per second and connection, and how many may come at once. Default: 2 × hz (at least 20), and twice that. */
  readonly inputs?: { readonly perSecond: number; readonly burst: number }
  /** Runs before `create`; its answer is `given.loaded`. */
  readonly load?: (services: Services, options: OptionsOf<P> | undefined) => Promise<L>
}

/** A kind of room: a protocol, its rules, and how the server runs them. */
export interface RoomKind<P extends AnyProtocol = AnyProtocol> {
  readonly protocol: P
  readonly rules: AnyRules
  readonly options: RoomOptions<AnyProtocol, unknown>
}

/** The kinds of room of a server, and the module they come from, so that workers can load them too. */
export interface Rooms {
  readonly url: string
  /** By the name of the protocol. */
  readonly kinds: ReadonlyMap<string, RoomKind>
}

/** Gathers the kinds of room of a module: `export default rooms(import.meta.url, { snakePit })`. */
export function rooms(url: string, kinds: Readonly<Record<string, RoomKind>>): Rooms {
  const byProtocol = new Map<string, RoomKind>()
  for (const [name, kind] of Object.entries(kinds)) {
    const { name: protocol } = kind.protocol
    if (byProtocol.has(protocol)) {
      throw new TypeError(
        `${name}: a second kind of room for protocol '${protocol}'; one server runs one kind of each`,
      )
    }
    byProtocol.set(protocol, kind)
  }
  return { url, kinds: byProtocol }
}
