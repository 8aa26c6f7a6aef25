import { Malformed } from '../wire/errors.ts'
import { Reader } from '../wire/reader.ts'
import { checkpointKey } from './saver.ts'
import { readCheckpoint } from './checkpoint.ts'
import type { Clock } from './clock.ts'
import { Refused, refuse } from './errors.ts'
import { WIRE } from './frames/kinds.ts'
import { turnAway } from './guest.ts'
import type { RoomKind, Rooms } from './kind.ts'
import type { Arrival, Connection, Link, Listing } from './link.ts'
import { createTally } from './limits.ts'
import type { Log } from './log.ts'
import { createLoops } from './loop.ts'
import { Machine } from './machine.ts'
import type { Pipe } from './pipe.ts'
import type { Data } from './protocol.ts'
import { createRandom } from './random.ts'
import { OpenRoom } from './room.ts'
import type { Settings } from './settings.ts'
import { settingsOf } from './settings.ts'
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
  /** Refuses new dials, saves what is to be saved, stops every room. Resolves when all is written. */
  stop(): Promise<void>
  /** The open room with that code, for simulations and tests. */
  room(protocol: string, code: string): OpenRoom | undefined
  /** Counts, for `/healthz` and metrics. */
  readonly counts: { readonly rooms: number; readonly seats: number; readonly watchers: number; readonly ticks: number }
}

/** A kind of room with its options checked. */
interface Kind {
  readonly kind: RoomKind
  readonly settings: Settings
}

/** A room in the directory, from the moment somebody asks for it. */
interface Place {
  readonly code: string
  readonly private: boolean
  readonly settings: Settings
  /** Dials that wait for it to open. */
  waiting: number
  readonly opening: Promise<OpenRoom>
  room: OpenRoom | undefined
}

/** Times within a minute that a saved room which crashed is opened again from its checkpoint. */
const MAX_REOPENED = 3
/** `load` must answer within so many ms. */
const LOAD_WITHIN = 10_000
/** Letters and digits that cannot be taken for one another. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const CODE_LENGTH = 6

/** Makes a host. Throws RangeError on options that no room could run with. */
export function createHost(options: HostOptions): Host {
  const { rooms, clock, entropy, store, log } = options
  const loops = createLoops(clock)
  const kinds = new Map<string, Kind>()
  for (const [name, kind] of rooms.kinds) kinds.set(name, { kind, settings: settingsOf(kind) })
  const directory = new Map<string, Place>()
  let stopping = false
  let ticksOfClosed = 0

  const keyOf = ({ kind }: Kind, code: string): string => checkpointKey(kind.protocol.name, code)
  const placesOf = ({ kind }: Kind): Place[] => {
    const prefix = checkpointKey(kind.protocol.name, '')
    return [...directory].filter(([key]) => key.startsWith(prefix)).map(([, place]) => place)
  }
  const token = (): string => Array.from({ length: 4 }, () => entropy().toString(16).padStart(8, '0')).join('')

  function newCode(of: Kind): string {
    for (;;) {
      const code = Array.from({ length: CODE_LENGTH }, () => LETTERS[entropy() % LETTERS.length]).join('')
      if (!directory.has(keyOf(of, code))) return code
    }
  }

  /** Puts a room into the directory and opens it. */
  function place(of: Kind, facts: { code: string; private: boolean }, open: () => Promise<OpenRoom>): Place {
    if (directory.size >= (options.maxRooms ?? 10_000)) throw refuse('SERVER_FULL')
    const key = keyOf(of, facts.code)
    const made: Place = { ...facts, settings: of.settings, waiting: 0, room: undefined, opening: open() }
    directory.set(key, made)
    made.opening.then(
      (room) => {
        made.room = room
      },
      (error: unknown) => {
        directory.delete(key)
        log('error', 'could not open a room', { room: facts.code, game: of.kind.protocol.name, error })
      },
    )
    return made
  }

  function openNew(of: Kind, facts: { private: boolean; options: Data | undefined }): Place {
    const code = newCode(of)
    return place(of, { code, private: facts.private }, async () => {
      const loaded = await load(of.kind, facts.options)
      const random = createRandom(entropy())
      const beginning = { code, epoch: 1, tick: 0, random, hz: ruleHz(of.settings) }
      const machine = new Machine(of.kind, beginning, { loaded, options: facts.options })
      return openRoom(of, machine, { private: facts.private, nextSeat: 1 })
    })
  }

  function openSaved(of: Kind, bytes: Uint8Array): OpenRoom {
    let machine: Machine | undefined
    const kick = (id: number, message: string): void => machine?.kick(id, { code: 'KICKED', message })
    const saved = readCheckpoint(bytes, of.kind.protocol, kick)
    const random = createRandom(saved.chance)
    const beginning = { code: saved.code, epoch: saved.epoch + 1, tick: saved.tick, random, hz: ruleHz(of.settings) }
    machine = new Machine(of.kind, beginning, { kept: saved.kept })
    return openRoom(of, machine, saved)
  }

  function openRoom(of: Kind, machine: Machine, facts: { private: boolean; nextSeat: number }): OpenRoom {
    const { settings } = of
    const room: OpenRoom = new OpenRoom(machine, {
      ...facts,
      settings,
      clock,
      loops,
      store,
      log,
      token,
      ended: (how) => {
        ticksOfClosed += machine.tick
        directory.delete(keyOf(of, machine.code))
        if (how === 'crashed') afterCrash(of, room)
      },
    })
    log('info', 'room open', { room: room.code, game: of.kind.protocol.name })
    return room
  }

  /** Opens a saved room again from its last checkpoint, unless it crashes over and over. */
  const reopenings = new Map<string, ReturnType<typeof createTally>>()
  function afterCrash(of: Kind, crashed: OpenRoom): void {
    const key = keyOf(of, crashed.code)
    const tally = reopenings.get(key) ?? createTally({ most: MAX_REOPENED, within: 60_000 })
    const bytes = crashed.saver?.last
    const again = bytes !== undefined && !stopping && tally.count(clock.now())
    crashed.abandon(again)
    if (!again) {
      reopenings.delete(key)
      crashed.saver?.forget()
      return
    }
    reopenings.set(key, tally)
    place(of, { code: crashed.code, private: crashed.private }, async () => openSaved(of, bytes))
  }

  /** Runs `load`, which may not take for ever. */
  function load(kind: RoomKind, chosen: Data | undefined): Promise<unknown> {
    const { load: run } = kind.options
    if (run === undefined) return Promise.resolve(undefined)
    const abort = new AbortController()
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const callOff = clock.at(clock.now() + LOAD_WITHIN, () => {
      abort.abort()
      reject(new Error(`load took more than ${LOAD_WITHIN} ms`))
    })
    run({ store, signal: abort.signal }, chosen).then(resolve, reject)
    return promise.finally(callOff)
  }

  /** Finds or opens the room that was dialled. Throws Refused. */
  function find(of: Kind, { code, hello }: Arrival): Place {
    if (hello.intent === 'create') return openNew(of, { private: hello.private, options: readOptions(of.kind, hello.ask) })
    if (code !== '') {
      const found = directory.get(keyOf(of, code.toUpperCase()))
      if (found === undefined) throw refuse(hello.intent === 'resume' ? 'GONE' : 'UNKNOWN_ROOM')
      return found
    }
    if (hello.intent === 'resume') throw refuse('GONE', 'A seat is resumed in its room; dial its code.')
    const open = placesOf(of).filter((one) => !one.private && (hello.intent === 'watch' || taken(one) < one.settings.seats))
    return open.sort((a, b) => taken(b) - taken(a))[0] ?? openNew(of, { private: false, options: undefined })
  }

  async function enter(pipe: Pipe, arrival: Arrival, gone: () => boolean): Promise<Connection | undefined> {
    const of = check(arrival)
    const found = find(of, arrival)
    found.waiting++
    const room = await found.opening.catch(() => Promise.reject(refuse('CRASHED', 'The room could not be opened.')))
    found.waiting--
    if (gone()) return undefined
    if (stopping) throw refuse('STOPPING')
    if (room.over) throw refuse('UNKNOWN_ROOM')
    const { hello, user } = arrival
    if (hello.intent === 'watch') return room.guests.watch(pipe)
    if (hello.intent === 'resume') return room.guests.resume(pipe, hello.token)
    return room.guests.join(pipe, readAsk(of.kind, hello), user)
  }

  function check({ hello }: Arrival): Kind {
    if (stopping) throw refuse('STOPPING')
    if (hello.wire !== WIRE) throw refuse('WRONG_WIRE')
    const of = kinds.get(hello.protocol)
    if (of === undefined) throw refuse('UNKNOWN_PROTOCOL', `This server has no game '${hello.protocol}'.`)
    if (hello.hash !== of.kind.protocol.hash) throw refuse('WRONG_SCHEMA')
    return of
  }

  return {
    connect(pipe, arrival) {
      let inside: Connection | undefined
      let gone = false
      enter(pipe, arrival, () => gone).then(
        (connection) => {
          inside = connection
        },
        (error: unknown) => {
          if (gone) return
          gone = true
          if (error instanceof Refused || error instanceof Malformed) return turnAway(pipe, error)
          log('error', 'a dial failed', { error, address: arrival.address })
          turnAway(pipe, refuse('CRASHED', 'The server failed to let you in.'))
        },
      )
      return {
        // Before WELCOME there is nothing to say but LEAVE, and closing the socket says that too.
        receive: (frame) => inside?.receive(frame),
        lost() {
          if (inside === undefined) gone = true
          else inside.lost()
        },
      }
    },

    async list(protocol) {
      const of = kinds.get(protocol)
      if (of === undefined) throw refuse('UNKNOWN_PROTOCOL', `This server has no game '${protocol}'.`)
      const listings: Listing[] = []
      for (const { private: hidden, room } of placesOf(of)) if (room !== undefined && !hidden) listings.push(room.listing)
      return listings.sort((a, b) => b.seats - a.seats)
    },

    async restore() {
      for (const of of kinds.values()) {
        if (of.settings.saveEvery === undefined) continue
        for (const key of await store.keys(keyOf(of, ''))) await restoreOne(of, key)
      }
    },

    async stop() {
      stopping = true
      await Promise.all([...directory.values()].map(async ({ room }) => room?.stop()))
    },

    room: (protocol, code) => directory.get(checkpointKey(protocol, code))?.room,

    get counts() {
      const sum = { rooms: directory.size, seats: 0, watchers: 0, ticks: ticksOfClosed }
      for (const { room } of directory.values()) {
        if (room === undefined) continue
        sum.seats += room.guests.counts.seats
        sum.watchers += room.guests.counts.watchers
        sum.ticks += room.machine.tick
      }
      return sum
    },
  }

  async function restoreOne(of: Kind, key: string): Promise<void> {
    try {
      const bytes = await store.get(key)
      if (bytes === undefined) return
      const code = key.slice(keyOf(of, '').length)
      const room = openSaved(of, bytes)
      directory.set(key, {
        code,
        private: room.private,
        settings: of.settings,
        waiting: 0,
        room,
        opening: Promise.resolve(room),
      })
    } catch (error) {
      // A checkpoint that cannot be read must not keep the server down; it stays in the store, to be looked at.
      log('error', 'could not restore a room', { key, error })
    }
  }
}

/** Seats of a room that are taken or about to be. */
function taken({ room, waiting }: Place): number {
  return (room?.guests.counts.seats ?? 0) + waiting
}

function ruleHz({ hz }: Settings): number {
  return hz === 'events' ? 1000 : hz
}

function readOptions({ protocol }: RoomKind, ask: Uint8Array): Data | undefined {
  const r = new Reader(ask)
  return r.u8() === 1 ? protocol.options.read(r) : undefined
}

/** Reads what a joiner brings; in `create` the options stand before it. */
function readAsk({ protocol }: RoomKind, hello: Arrival['hello']): unknown {
  if (hello.intent !== 'join' && hello.intent !== 'create') throw new Malformed('nothing to join with')
  const r = new Reader(hello.ask)
  if (hello.intent === 'create' && r.u8() === 1) protocol.options.read(r)
  const ask = protocol.join.read(r)
  r.end()
  return ask
}
