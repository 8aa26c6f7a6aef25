import { Reader } from '../wire/reader.ts'
import type { Game, PlayOptions, Watcher } from '../client/index.ts'
import { create, join, watch } from '../client/index.ts'
import type { Dial } from '../client/dial.ts'
import type { Kept } from '../client/keep.ts'
import type { VirtualClock } from '../core/clock.ts'
import { virtualClock } from '../core/clock.ts'
import type { Welcome } from '../core/frames/hello.ts'
import { readWelcome } from '../core/frames/hello.ts'
import { down } from '../core/frames/kinds.ts'
import type { JobsModule } from '../core/jobs.ts'
import type { RoomKind } from '../core/kind.ts'
import type { AnyProtocol, HiddenOf, JoinOf, MineOf, OptionsOf, StateOf } from '../core/protocol.ts'
import { createRandom } from '../core/random.ts'
import type { Store } from '../core/store.ts'
import { memoryStore } from '../core/store.ts'
import { clientClock, turn } from './clock.ts'
import type { Desync } from './compare.ts'
import type { Logged, ServerMachine } from './machine.ts'
import { startServer } from './machine.ts'
import type { Carrier, CarrierGiven, Net } from './network.ts'
import { createCarrier } from './network.ts'
import type { Time } from './time.ts'
import { advance, pass } from './time.ts'
import type { Means } from './resume.ts'
import { resume } from './resume.ts'
import { createWitness } from './witness.ts'

/** What a simulation is made of besides the room. */
export interface SimulateOptions {
  /** Where all chance comes from: the same seed, the same run. A safe integer. Default 1. */
  readonly seed?: number
  /** The network of every client that has none of its own. Default: perfect. */
  readonly net?: Net
  /** Default: one in memory. */
  readonly store?: Store
  /** What the room asks for is done in this thread, and takes no time. Default: there are no jobs. */
  readonly jobs?: JobsModule
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
  /**
   * Takes a player's seat over from another page, as a copy of its tab does where there are no locks: `game` ends, and
   * the new one plays on. Rejects with Refused, e.g. GONE.
   */
  takeOver(game: Game<P>, client?: Pick<Client<P>, 'rules' | 'net'>): Promise<Game<P>>
  /** Keeps the server from doing anything for `ms`, as rules do that take so long: nothing is lost, all is late. */
  stall(ms: number): void
  /** Stops the server, or kills it, and starts it again over the same store. */
  restart(how?: 'stopped' | 'killed'): Promise<void>
  /** Gives the room with that code, or the one that was entered first. Throws if it is not open. */
  room(code?: string): Inside<P>
  /** How often clients have dialled, spare lines included. */
  readonly dials: number
  /** Lists every state that a client had and that was not, byte by byte, the room's at that tick. */
  desyncs(): Desync[]
  /** Warnings and errors of the server. */
  readonly logged: readonly Logged[]
  /** Ends everything. */
  stop(): Promise<void>
}

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
  const { seed = 1, net = {}, store = memoryStore(), jobs } = options
  const { protocol } = kind
  const clock = virtualClock()
  const machine = startServer(kind, { clock, seed, store, jobs, woke: () => witness.record() })
  const witness = createWitness(protocol, (code) => machine.host.room(protocol.name, code)?.machine)
  const settle = (): Promise<void> => turn().then(() => witness.record())
  const time: Time = { clock, settle }
  const chance = createRandom(seed + 1)
  const clients = createClients<P>(time, seed + 2, (client) => ({
    clock,
    random: () => chance.next(),
    net: client.net ?? net,
    link: () => machine.host,
    run: (act) => machine.run(act),
    user: client.user,
    sent: (frame) => witness.overhear(frame),
  }))
  const enter = async <G extends Watcher<P>>(client: Client<P>, dial: Dialling<G>): Promise<G> => {
    const game = await clients.enter(client, dial)
    witness.watch(game)
    return game
  }
  const { hz = 20 } = kind.options
  return {
    clock,
    join: (ask, client = {}) => enter(client, (given) => join('', protocol, ask, given)),
    create: (ask, client = {}) => enter(client, (given) => create('', protocol, ask, given)),
    watch: (client = {}) => enter(client, (given) => watch('', protocol, given)),
    ...troubles<P>(clients, machine),
    ticks: (count) => advance(time, hz === 'events' ? count : (count * 1000) / hz),
    advance: (ms) => advance(time, ms),
    takeOver: (game, client = {}) =>
      enter(client, (given) => resume<P>(protocol, clients.seat(game), { ...given, rules: client.rules })),
    async restart(how = 'stopped') {
      if (how === 'stopped') await pass(time, machine.host.stop())
      if (how === 'killed') for (const [, carrier] of clients.all) carrier.drop()
      await pass(time, machine.startAgain())
    },
    room(code = witness.codes()[0] ?? '') {
      const room = machine.host.room(protocol.name, code)
      if (room === undefined) throw new Error(`there is no room '${code}' (any more)`)
      return room.machine as unknown as Inside<P>
    },
    get dials() {
      return clients.dials
    },
    desyncs: () => witness.desyncs(),
    logged: machine.logged,
    async stop() {
      for (const [game] of clients.all) void game.leave()
      await pass(time, machine.host.stop())
      machine.kill()
    },
  }
}

/** Makes a client with these options. */
type Dialling<G> = (options: Means & { readonly keep: false }) => Promise<G>

/** What can befall clients and server without any of them doing anything. */
function troubles<P extends AnyProtocol>(
  clients: Clients<P>,
  machine: ServerMachine,
): Pick<Simulation<P>, 'cut' | 'heal' | 'drop' | 'stall'> {
  return {
    cut: (game) => clients.carrier(game).cut(),
    heal: (game) => clients.carrier(game).heal(),
    drop: (game) => clients.carrier(game).drop(),
    stall: (ms) => machine.stall(ms),
  }
}

/** The clients of a simulation, and the way of each to the server. */
interface Clients<P extends AnyProtocol> {
  readonly all: ReadonlyMap<Watcher<P>, Carrier>
  /** How often they have dialled. */
  readonly dials: number
  enter<G extends Watcher<P>>(client: Client<P>, open: Dialling<G>): Promise<G>
  carrier(game: Watcher<P>): Carrier
  /** What brings the player of a game back to the seat. */
  seat(game: Watcher<P>): Kept
}

function createClients<P extends AnyProtocol>(
  time: Time,
  seed: number,
  way: (client: Client<P>) => CarrierGiven,
): Clients<P> {
  const all = new Map<Watcher<P>, Carrier>()
  const seats = new Map<Watcher<P>, () => Kept>()
  const chance = createRandom(seed)
  let dials = 0
  return {
    all,
    get dials() {
      return dials
    },
    async enter(client, open) {
      let welcome: Welcome | undefined
      const carrier = createCarrier(way(client))
      const dial: Dial = (address, ends) => {
        dials++
        const frame = (bytes: Uint8Array): void => {
          if (bytes[0] === down.WELCOME) welcome = readWelcome(new Reader(bytes.subarray(1)))
          ends.frame(bytes)
        }
        return carrier.dial(address, { ...ends, frame })
      }
      const options = {
        clock: clientClock(time.clock),
        dial,
        random: () => chance.next(),
        keep: false as const,
      }
      const game = await pass(time, open({ ...client, ...options }))
      all.set(game, carrier)
      // Of which life of the room the state is, that is there.
      let { epoch } = welcome!
      game.when('state', () => ({ epoch } = welcome!))
      seats.set(game, () => ({ ...welcome!, epoch, tick: game.tick }))
      return game
    },
    seat(game) {
      const seat = seats.get(game)
      if (seat === undefined) throw new Error('this game is not of this simulation')
      return seat()
    },
    carrier(game) {
      const carrier = all.get(game)
      if (carrier === undefined) throw new Error('this game is not of this simulation')
      return carrier
    },
  }
}
