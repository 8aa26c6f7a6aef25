import { Reader } from '../wire/reader.ts'
import type { Watcher } from '../client/index.ts'
import { readWelcome } from '../core/frames/hello.ts'
import { down } from '../core/frames/kinds.ts'
import type { Machine } from '../core/machine.ts'
import type { AnyProtocol, Data } from '../core/protocol.ts'
import type { Desync } from './compare.ts'
import { differ, encode } from './compare.ts'

/** Ticks remembered of each room; a client is never so far behind. */
const MOST = 4096

/** A room as it was at a tick, encoded. */
interface Snapshot {
  readonly epoch: number
  readonly state: Uint8Array
  readonly mine: ReadonlyMap<number, Uint8Array>
}

/** Remembers what rooms were, and holds what clients have against it. */
export interface Witness<P extends AnyProtocol> {
  /** Learns from what the server sends which rooms there are. */
  overhear(frame: Uint8Array): void
  /** Remembers all rooms as they are now, as far as that was sent. */
  record(): void
  /** Compares everything that a client gets from now on. */
  watch(game: Watcher<P>): void
  desyncs(): Desync[]
  /** The codes of the rooms, in the order in which they were met. */
  codes(): string[]
}

/** Makes a witness. `machine` gives the machine of a room that is open. */
export function createWitness<P extends AnyProtocol>(
  protocol: P,
  machine: (code: string) => Machine | undefined,
): Witness<P> {
  /** By code and tick; a room that began another life may come to a tick again. */
  const history = new Map<string, { last: Machine | undefined; readonly ticks: Map<number, Snapshot[]> }>()
  const found: Desync[] = []

  function record(): void {
    for (const [code, entry] of history) {
      const { ticks } = entry
      // What a room did last is seen when it is gone already.
      const room = machine(code) ?? entry.last
      entry.last = room
      // Between two flushes the data belongs to no tick that anybody is sent.
      if (room === undefined || room.tick !== room.sync.tick) continue
      const known = ticks.get(room.tick) ?? []
      if (known.some(({ epoch }) => epoch === room.epoch)) continue
      ticks.set(room.tick, [...known, snapshot(protocol, room)])
      for (const tick of ticks.keys()) if (ticks.size > MOST) ticks.delete(tick)
    }
  }
  function compare(game: Watcher<P> & { readonly mine?: unknown }): void {
    const { code, tick, seat, state, mine } = game
    const snapshots = history.get(code)?.ticks.get(tick) ?? []
    const problems = snapshots.map((one) => problem(protocol, one, { seat, state, mine }))
    if (problems.includes(undefined)) return
    const last = problems.at(-1) ?? { path: 'tick', server: undefined, client: tick }
    found.push({ room: code, tick, seat, ...last })
  }
  return {
    overhear(frame) {
      const r = new Reader(frame)
      if (r.u8() !== down.WELCOME) return
      const { room } = readWelcome(r)
      if (!history.has(room)) history.set(room, { last: undefined, ticks: new Map() })
      record()
    },
    record,
    watch(game) {
      compare(game)
      game.when('state', () => compare(game))
    },
    desyncs: () => [...found],
    codes: () => [...history.keys()],
  }
}

function snapshot(protocol: AnyProtocol, room: Machine): Snapshot {
  const mine = [...room.seats.values()].map((seat) => [seat.id, encode(protocol.mine, seat.mine)] as const)
  return { epoch: room.epoch, state: encode(protocol.state, room.state), mine: new Map(mine) }
}

function problem(
  protocol: AnyProtocol,
  server: Snapshot,
  client: { seat: number; state: unknown; mine: unknown },
): Pick<Desync, 'path' | 'server' | 'client'> | undefined {
  const state = differ(protocol.state, server.state, encode(protocol.state, client.state as Data), 'state')
  const mine = server.mine.get(client.seat)
  if (state !== undefined || mine === undefined) return state
  return differ(protocol.mine, mine, encode(protocol.mine, client.mine as Data), 'mine')
}
