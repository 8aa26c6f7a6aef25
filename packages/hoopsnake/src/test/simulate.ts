import type { Game, PlayOptions, Watcher } from '../client/index.ts'
import { create, join, watch } from '../client/index.ts'
import type { VirtualClock } from '../core/clock.ts'
import { virtualClock } from '../core/clock.ts'
import { createHost } from '../core/host.ts'
import type { Host } from '../core/host.ts'
import type { RoomKind } from '../core/kind.ts'
import { rooms } from '../core/kind.ts'
import type { AnyProtocol, HiddenOf, JoinOf, MineOf, OptionsOf, StateOf } from '../core/protocol.ts'
import { createRandom } from '../core/random.ts'
import type { Store } from '../core/store.ts'
import { memoryStore } from '../core/store.ts'
import type { MachineClock } from './clock.ts'
import { machineClock, turn } from './clock.ts'
import type { Desync } from './compare.ts'
import type { Carrier, Net } from './network.ts'
import { createCarrier } from './network.ts'
import { createWitness } from './witness.ts'

/** What a simulation is made of besides the room. */
export interface SimulateOptions {
  /** Where all chance comes from: the same seed, the same run. A safe integer. Default 1. */
  readonly seed?: number
  /** The network of every client that has none of its own. Default: perfect. */
  readonly net?: Net
  /** Default: one in memory. */
  readonly store?: Store
}

/** How a client of a simulation is. */
export interface Client<P extends AnyProtocol> extends Pick<PlayOptions<P>, 'rules'> {
  readonly code?: string
  /** What `auth` would answer for this client. */
  readonly user?: unknown
  readonly net?: Net
}

/** A room as it is on the server, at this moment. */
export interface Inside<P extends AnyProtocol> {
  readonly tick: number
  readonly state: StateOf<P>
  readonly hidden: HiddenOf<P>
  readonly seats: ReadonlyMap<number, { readonly mine: MineOf<P>; readonly away: boolean }>
}

/** A server, its clients and the networks between them, in one thread and in virtual time. */
export interface Simulation<P extends AnyProtocol> {
  readonly clock: VirtualClock
  /** Joins; time passes until the client is in. Rejects with Refused. */
  join(ask: JoinOf<P>, client?: Client<P>): Promise<Game<P>>
  create(ask: JoinOf<P>, client?: Client<P> & { private?: boolean; options?: OptionsOf<P> }): Promise<Game<P>>
  watch(client?: Client<P>): Promise<Watcher<P>>
  /** Lets the time of so many ticks pass. In a room that ticks on events, milliseconds. */
  ticks(count: number): Promise<void>
  /** Lets time pass, in ms. */
  advance(ms: number): Promise<void>
  /** Stops what is on its way to and from a client, unnoticed by both ends, until `heal`. */
  cut(game: Watcher<P>): void
  heal(game: Watcher<P>): void
  /** Breaks the connection of a client; both ends notice. */
  drop(game: Watcher<P>): void
  /** Stops the server, or kills it, and starts it again over the same store. */
  restart(how?: 'stopped' | 'killed'): Promise<void>
  /** Gives the room with that code, or the one that was entered first. Throws if it is not open. */
  room(code?: string): Inside<P>
  /** Lists every state that a client had and that was not, byte by byte, the room's at that tick. */
  desyncs(): Desync[]
  /** Warnings and errors of the server. */
  readonly logged: readonly { readonly level: string; readonly message: string; readonly fields: unknown }[]
  /** Ends everything. */
  stop(): Promise<void>
}

/** Virtual time that a client may take to get in, in ms. */
const PATIENCE = 60_000

/**
 * Runs a kind of room with real clients over a bad network: no socket, no sleep, the same run for the same seed.
 *
 * ```ts
 * const s = simulate(snakePit, { seed: 7, net: { latency: 80, jitter: 20, loss: 0.02 } })
 * const ann = await s.join({ name: 'Ann' }, { rules })
 * ann.send('turn', 'up')
 * await s.ticks(40)
 * expect(s.room().state.snakes.get(ann.seat)!.alive).toBe(true)
 * expect(s.desyncs()).toEqual([]) // no client ever differed from the room
 * await s.stop()
 * ```
 */
export function simulate<P extends AnyProtocol>(
  kind: RoomKind<P>,
  options: SimulateOptions = {},
): Simulation<P> {
  const { seed = 1, net = {}, store = memoryStore() } = options
  const { protocol } = kind
  const clock = virtualClock()
  const machine = startServer(kind, { clock, seed, store, woke: () => witness.record() })
  const witness = createWitness(protocol, (code) => machine.host.room(protocol.name, code)?.machine)
  const carriers = new Map<Watcher<P>, Carrier>()
  const [chance, redials] = [createRandom(seed + 1), createRandom(seed + 2)]

  async function enter<G extends Watcher<P>>(
    client: Client<P>,
    dial: (options: object) => Promise<G>,
  ): Promise<G> {
    const carrier = createCarrier({
      clock,
      random: () => chance.next(),
      net: client.net ?? net,
      link: () => machine.host,
      user: client.user,
      welcomed: (code) => witness.meet(code),
    })
    const given = { ...client, clock, dial: carrier.dial, random: () => redials.next(), keep: false }
    const game = await pass(clock, dial(given))
    carriers.set(game, carrier)
    witness.watch(game)
    return game
  }
  const carrierOf = (game: Watcher<P>): Carrier => {
    const carrier = carriers.get(game)
    if (carrier === undefined) throw new Error('this game is not of this simulation')
    return carrier
  }
  const { hz = 20 } = kind.options
  return {
    clock,
    join: (ask, client = {}) => enter(client, (given) => join('', protocol, ask, given)),
    create: (ask, client = {}) => enter(client, (given) => create('', protocol, ask, given)),
    watch: (client = {}) => enter(client, (given) => watch('', protocol, given)),
    ticks: (count) => advance(clock, hz === 'events' ? count : (count * 1000) / hz),
    advance: (ms) => advance(clock, ms),
    cut: (game) => carrierOf(game).cut(),
    heal: (game) => carrierOf(game).heal(),
    drop: (game) => carrierOf(game).drop(),
    async restart(how = 'stopped') {
      if (how === 'stopped') {
        const stopped = machine.host.stop()
        witness.record()
        await pass(clock, stopped)
      }
      if (how === 'killed') for (const carrier of carriers.values()) carrier.drop()
      await pass(clock, machine.startAgain())
    },
    room(code = witness.codes()[0] ?? '') {
      const room = machine.host.room(protocol.name, code)
      if (room === undefined) throw new Error(`there is no room '${code}' (any more)`)
      return room.machine as unknown as Inside<P>
    },
    desyncs: () => witness.desyncs(),
    logged: machine.logged,
    async stop() {
      for (const game of carriers.keys()) void game.leave()
      await pass(clock, machine.host.stop())
      machine.kill()
    },
  }
}

/** A server process: it can be stopped or killed, and started again over its store. */
function startServer(
  kind: RoomKind,
  given: { clock: VirtualClock; seed: number; store: Store; woke: () => void },
): {
  readonly host: Host
  readonly logged: { level: string; message: string; fields: unknown }[]
  kill(): void
  startAgain(): Promise<void>
} {
  const logged: { level: string; message: string; fields: unknown }[] = []
  const secrets = createRandom(given.seed)
  let process: MachineClock
  let host: Host
  const start = (): void => {
    process = machineClock(given.clock, given.woke)
    host = createHost({
      rooms: rooms('simulated:', { room: kind }),
      clock: process,
      entropy: () => Math.floor(secrets.next() * 2 ** 32),
      store: given.store,
      log(level, message, fields) {
        if (level === 'warn' || level === 'error') logged.push({ level, message, fields })
      },
    })
  }
  start()
  return {
    get host() {
      return host
    },
    logged,
    kill: () => process.kill(),
    startAgain() {
      process.kill()
      start()
      return host.restore()
    },
  }
}

/** Lets time pass, everything that falls due at its time, and what was promised come about in between. */
async function advance(clock: VirtualClock, ms: number): Promise<void> {
  const end = clock.now() + ms
  for (;;) {
    await turn()
    const { next } = clock
    clock.advance(Math.min(next ?? end, end) - clock.now())
    if (next === undefined || next > end) return
  }
}

/** Lets time pass until a promise has come about. */
async function pass<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  const end = clock.now() + PATIENCE
  let pending = true
  const settled = (): void => void (pending = false)
  promise.then(settled, settled)
  for (;;) {
    await turn()
    if (!pending) return promise
    if (clock.next === undefined || clock.next > end) throw new Error(`nothing came of it in ${PATIENCE} ms`)
    clock.advance(clock.next - clock.now())
  }
}
