import { Malformed } from '../wire/errors.ts'
import { Reader } from '../wire/reader.ts'
import type { DirectoryGiven, Place } from './directory.ts'
import { Directory, taken, watched } from './directory.ts'
import { Refused, refuse } from './errors.ts'
import type { Hello } from './frames/hello.ts'
import { WIRE } from './frames/kinds.ts'
import { turnAway } from './guest.ts'
import type { Back } from './guests.ts'
import type { RoomKind } from './kind.ts'
import type { Kind } from './opening.ts'
import type { Arrival, Connection, Link, Listing } from './link.ts'
import type { Pipe } from './pipe.ts'
import type { Data } from './protocol.ts'
import type { OpenRoom } from './room.ts'
import type { HostReport } from './telemetry.ts'
import { countCode } from './telemetry.ts'
import { readToken } from './tokens.ts'

/** What a host is given. */
export type HostOptions = DirectoryGiven

/** Runs rooms. The gateway talks to it as a {@link Link}. */
export interface Host extends Link {
  /** Opens the rooms that the store has kept. Resolves when all are open. */
  restore(): Promise<void>
  /** Refuses new dials, saves what is to be saved, stops every room. Resolves when all is written. */
  stop(): Promise<void>
  /** Gives the open room with that code, for simulations and tests. */
  room(protocol: string, code: string): OpenRoom | undefined
  /** What the rooms have done so far and what there is now, for metrics. Not a copy. */
  readonly report: HostReport
  /** Counts, for `/healthz`. */
  readonly counts: {
    readonly rooms: number
    readonly seats: number
    readonly watchers: number
    readonly ticks: number
  }
}

/** Makes a host. Throws RangeError on options that no room could run with. */
export function createHost(options: HostOptions): Host {
  const directory = new Directory(options)
  return {
    connect: (pipe, arrival) =>
      dial(directory, pipe, arrival, (error) =>
        options.log('error', 'a dial failed', { game: arrival.hello.protocol, room: arrival.code, error }),
      ),
    async list(protocol) {
      const listings: Listing[] = []
      for (const { room } of directory.public(kindOf(directory, protocol)))
        if (room !== undefined) listings.push(room.listing)
      return listings
    },
    restore: () => directory.restore(),
    stop: () => directory.stop(),
    room(protocol, code) {
      return directory.byCode(kindOf(directory, protocol), code)?.room
    },
    get report() {
      return directory.report
    },
    get counts() {
      return directory.counts
    },
  }
}

/** A client's way in, and then to its room. It outlives the dial, and holds nothing of it. */
class Passage implements Connection {
  inside: Connection | undefined = undefined
  /** Whether the client is gone, or was turned away. */
  gone = false

  receive(frame: Uint8Array): void {
    // Before WELCOME there is nothing to say but LEAVE, and closing the socket says that too.
    this.inside?.receive(frame)
  }

  lost(): void {
    this.gone = true
    this.inside?.lost()
  }
}

/** Brings a client into its room, or turns it away. */
function dial(
  directory: Directory,
  pipe: Pipe,
  arrival: Arrival,
  failed: (error: unknown) => void,
): Connection {
  const passage = new Passage()
  enter(directory, pipe, arrival, passage).catch((error: unknown) => {
    if (passage.gone) return
    passage.gone = true
    const told = error instanceof Refused || error instanceof Malformed
    if (!told) failed(error)
    const no = told ? error : refuse('CRASHED', 'The server failed to let you in.')
    countDial(directory, arrival, no.code)
    turnAway(pipe, no)
  })
  return passage
}

async function enter(directory: Directory, pipe: Pipe, arrival: Arrival, passage: Passage): Promise<void> {
  const { hello, user } = arrival
  const of = check(directory, arrival)
  // Before anything is looked up: who guesses tokens learns nothing, and costs little.
  const back = hello.intent === 'resume' ? readBack(directory, arrival, hello) : undefined
  let room: OpenRoom
  do {
    room = await opened(find(directory, of, arrival))
    if (passage.gone) return
    if (directory.stopping) throw refuse('STOPPING')
    // It failed meanwhile, and there may be another in its place.
  } while (room.over)
  if (hello.intent === 'watch') {
    passage.inside = room.guests.watch(pipe)
    countDial(directory, arrival, 'watching')
  } else if (back !== undefined) {
    passage.inside = room.guests.resume(pipe, back, arrival.fallen)
    countDial(directory, arrival, 'resumed')
  }
  // Counted once the rules have let the player in.
  else passage.inside = room.guests.join(pipe, readAsk(of.kind, hello), user)
}

/** Counts what became of a dial. Those of games that nobody has are counted nowhere: anybody can make such names up. */
function countDial(directory: Directory, { hello }: Arrival, outcome: string): void {
  const of = directory.kinds.get(hello.protocol)
  if (of !== undefined) countCode(of.telemetry.dials, outcome)
}

/** Reads what a player brings that comes back. Throws Refused. */
function readBack({ seal }: Directory, { code, user }: Arrival, hello: Hello & { intent: 'resume' }): Back {
  const { protocol, token, epoch, tick } = hello
  return { ...readToken(seal, { protocol, code }, token), user, epoch, tick }
}

/** Waits for a room to open, counted among those who will be in it. */
async function opened(place: Place): Promise<OpenRoom> {
  place.waiting++
  try {
    return await place.opening
  } catch {
    // Logged where it was opened.
    throw refuse('CRASHED', 'The room could not be opened.')
  } finally {
    place.waiting--
  }
}

function kindOf(directory: Directory, protocol: string): Kind {
  const of = directory.kinds.get(protocol)
  if (of === undefined) throw refuse('UNKNOWN_PROTOCOL', `This server has no game '${protocol}'.`)
  return of
}

function check(directory: Directory, { hello }: Arrival): Kind {
  if (directory.stopping) throw refuse('STOPPING')
  if (hello.wire !== WIRE) throw refuse('WRONG_WIRE')
  const of = kindOf(directory, hello.protocol)
  if (hello.hash !== of.kind.protocol.hash) throw refuse('WRONG_SCHEMA')
  return of
}

/** Finds or opens the room that was dialled. Throws Refused. */
function find(directory: Directory, of: Kind, { code, hello }: Arrival): Place {
  if (hello.intent === 'create') {
    return directory.open(of, { private: hello.private, options: readOptions(of.kind, hello.ask) })
  }
  if (code !== '') {
    const place = directory.byCode(of, code)
    if (place === undefined) throw refuse(hello.intent === 'resume' ? 'GONE' : 'UNKNOWN_ROOM')
    return place
  }
  const { seats, watchers } = of.settings
  const free = (place: Place): boolean =>
    hello.intent === 'watch' ? watched(place) < watchers : taken(place) < seats
  return directory.fullest(of, free) ?? directory.open(of, { private: false, options: undefined })
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
