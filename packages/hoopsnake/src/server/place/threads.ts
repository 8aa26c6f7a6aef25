import { availableParallelism } from 'node:os'
import type { Clock } from '../../core/clock.ts'
import { Refused } from '../../core/errors.ts'
import { readWelcome } from '../../core/frames/hello.ts'
import { readPong, readUp, writePong } from '../../core/frames/play.ts'
import { down, up } from '../../core/frames/kinds.ts'
import type { Arrival, Connection, Listing } from '../../core/link.ts'
import type { Pipe } from '../../core/pipe.ts'
import { settingsOf } from '../../core/settings.ts'
import { readAck } from '../../core/frames/tick.ts'
import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'
import { type Crew, keepThread } from './crew.ts'
import type { Answer, Up, Write } from './messages.ts'
import { threadOf } from './messages.ts'
import type { Counts, Place, PlaceGiven, RunningPlace } from './place.ts'

/** How often threads are told what waits in their sockets, in ms. */
const QUEUED_EVERY = 100
/** Bytes in a socket that are worth telling. */
const WORTH_TELLING = 8 * 1024

/**
 * Runs rooms in so many threads, beside the one that has the sockets. Default: a thread for each further core.
 *
 * A room that never returns, or takes its thread down, costs the rooms of that thread a moment: they open again from
 * their checkpoints, and no socket is lost.
 */
export function threads(count: number = Math.max(1, availableParallelism() - 1)): Place {
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new RangeError(`threads(${count}): give a whole number of threads, 1 to 256`)
  }
  return async (given) => {
    const place = new ThreadsPlace(given, count)
    await place.start()
    return place
  }
}

/** One client, as the thread with the sockets knows it. */
interface Client {
  readonly id: number
  readonly pipe: Pipe
  arrival: Arrival
  readonly crew: number
  /** Sequences of the last input that it sent, and of the last that it was told is consumed. */
  sent: number
  acked: number
  /** The last PONG it was given. */
  pong: Uint8Array | undefined
  /** Whether its thread was told of bytes that wait. */
  waiting: boolean
}

class ThreadsPlace implements RunningPlace {
  readonly #given: PlaceGiven
  readonly #clock: Clock
  readonly #crews: Crew[] = []
  readonly #clients = new Map<number, Client>()
  readonly #count: number
  readonly #lists = new Map<number, (answer: Answer) => void>()
  readonly #routes: Routes
  #lastId = 0
  #lastCall = 0
  #callOff: () => void = () => {}
  readonly link = {
    connect: (pipe: Pipe, arrival: Arrival): Connection => this.#connect(pipe, arrival),
    list: (protocol: string): Promise<Listing[]> => this.#list(protocol),
  }

  constructor(given: PlaceGiven, count: number) {
    this.#given = given
    this.#clock = given.clock
    this.#count = count
    this.#routes = createRoutes(given, this.#crews)
  }

  async start(): Promise<void> {
    const starting = Array.from({ length: this.#count }, (_, index) =>
      keepThread({
        ...this.#given,
        maxRooms: Math.ceil(this.#given.maxRooms / this.#count),
        index,
        threads: this.#count,
        heard: (message) => this.#hear(message),
        restarted: (culprit) => this.#reconnect(index, culprit),
      }),
    )
    const started = await Promise.allSettled(starting)
    for (const one of started) if (one.status === 'fulfilled') this.#crews.push(one.value)
    const failed = started.find((one) => one.status === 'rejected')
    if (failed !== undefined) {
      await this.stop()
      throw failed.reason
    }
    this.#countQueued()
  }

  get counts(): Counts {
    const sum = { rooms: 0, seats: 0, watchers: 0, ticks: 0 }
    for (const { counts } of this.#crews) {
      sum.rooms += counts.rooms
      sum.seats += counts.seats
      sum.watchers += counts.watchers
      sum.ticks += counts.ticks
    }
    return sum
  }

  async stop(): Promise<void> {
    this.#callOff()
    await Promise.all(this.#crews.map((crew) => crew.stop()))
  }

  #connect(pipe: Pipe, arrival: Arrival): Connection {
    const id = ++this.#lastId
    const crew = this.#routes(arrival)
    const client: Client = { id, pipe, arrival, crew, sent: 0, acked: 0, pong: undefined, waiting: false }
    this.#clients.set(id, client)
    this.#crews[crew]!.tell({ do: 'connect', id, arrival })
    return {
      receive: (frame) => {
        if (frame[0] === up.INPUT) client.sent = sequenceOf(frame) ?? client.sent
        if (frame[0] === up.CONFIRM && !this.#crews[crew]!.answers)
          return standIn(client, frame, this.#clock.now())
        // The bytes may be used again; what crosses must not.
        this.#crews[crew]!.tell({ do: 'receive', id, frame: Uint8Array.from(frame) })
      },
      lost: () => {
        this.#clients.delete(id)
        this.#crews[crew]!.tell({ do: 'lost', id })
      },
    }
  }

  async #list(protocol: string): Promise<Listing[]> {
    const answers = await Promise.all(
      this.#crews
        .filter((crew) => crew.ready)
        .map((crew) => {
          const call = ++this.#lastCall
          const { promise, resolve } = Promise.withResolvers<Answer>()
          this.#lists.set(call, resolve)
          // A thread that ends does not answer: then what it said last will do.
          const callOff = this.#clock.at(this.#clock.now() + 1000, () => resolve({ value: [] }))
          crew.tell({ do: 'list', call, protocol })
          return promise.finally(() => {
            callOff()
            this.#lists.delete(call)
          })
        }),
    )
    const listings = answers.flatMap((told) => {
      if ('value' in told) return told.value as Listing[]
      throw 'refused' in told ? new Refused(told.refused.code, told.refused.message) : told.error
    })
    return listings.sort((a, b) => b.seats - a.seats)
  }

  #hear(message: Up): void {
    switch (message.do) {
      case 'write':
        return this.#write(message)
      case 'close': {
        const client = this.#clients.get(message.id)
        this.#clients.delete(message.id)
        return client?.pipe.close(message.code, message.reason)
      }
      case 'listed':
        return this.#lists.get(message.call)?.(message)
      default:
    }
  }

  #write({ frame, to, own }: Write): void {
    const welcome = frame[0] === down.WELCOME
    const pong = frame[0] === down.PONG
    for (let i = 0; i < to.length; i++) {
      const client = this.#clients.get(to[i]!)
      if (client === undefined) continue
      if (welcome) remember(client, frame)
      if (pong) client.pong = frame
      const first = own[i]
      if (first === undefined) client.pipe.write(frame)
      else {
        client.acked = readAck(first) ?? client.acked
        client.pipe.write(first, frame)
      }
    }
  }

  /** Brings the clients of a thread that ended back into their rooms, which the new thread has opened again. */
  #reconnect(index: number, culprit: string): void {
    for (const { id, arrival, crew, sent, acked } of this.#clients.values()) {
      if (crew !== index) continue
      const fallen = arrival.code === culprit ? { sent, acked } : undefined
      this.#crews[index]!.tell({ do: 'connect', id, arrival: { ...arrival, fallen } })
    }
  }

  /** Tells threads what waits in the sockets of their clients. */
  #countQueued(): void {
    this.#callOff = this.#clock.at(this.#clock.now() + QUEUED_EVERY, () => {
      const bytes = this.#crews.map((): [number, number][] => [])
      for (const client of this.#clients.values()) {
        const { queued } = client.pipe
        const waiting = queued > WORTH_TELLING
        if (waiting || client.waiting) bytes[client.crew]!.push([client.id, waiting ? queued : 0])
        client.waiting = waiting
      }
      bytes.forEach((some, index) => this.#crews[index]!.tell({ do: 'queued', bytes: some }))
      this.#countQueued()
    })
  }
}

/** Notes who a client is in its room, so that it can be brought back there: the arrival of one that dials again. */
function remember(client: Client, frame: Uint8Array): void {
  const { room, seat, token, ack } = readWelcome(new Reader(frame.subarray(1)))
  const { wire, protocol, hash, ticket } = client.arrival.hello
  const head = { wire, protocol, hash, ticket }
  const hello =
    seat === 0
      ? ({ ...head, intent: 'watch' } as const)
      : ({ ...head, intent: 'resume', token, epoch: 0, tick: 0 } as const)
  client.arrival = { ...client.arrival, code: room, hello }
  // Clients count their inputs anew from there, if the room came back from a checkpoint.
  client.sent = client.acked = ack
}

/**
 * Answers a CONFIRM for a thread that does not answer: its client would take the silence for a dead connection, and
 * leave a socket that is to go on.
 */
function standIn({ pipe, pong }: Client, frame: Uint8Array, now: number): void {
  if (pong === undefined) return
  try {
    const asked = readUp(new Reader(frame), [])
    if (asked.kind !== 'confirm') return
    const w = new Writer(64)
    writePong(w, { ...readPong(new Reader(pong.subarray(1))), echo: asked.time, time: now })
    pipe.write(w.take())
  } catch {
    // Bytes that are no frame: the room will say so when it is back.
  }
}

/** Reads the sequence of an INPUT; undefined where the bytes are not one, which its room will say. */
function sequenceOf(frame: Uint8Array): number | undefined {
  try {
    return new Reader(frame.subarray(1)).uint()
  } catch {
    return undefined
  }
}

/** Says which thread a dial goes to. */
type Routes = (arrival: Arrival) => number

/**
 * Makes the choice of threads. A code names its thread. Without one: the thread of the fullest public room that has a
 * place, as far as is known; else where the last such dials went, until they would fill a room; else the least busy.
 */
function createRoutes({ rooms }: PlaceGiven, crews: readonly Crew[]): Routes {
  const recent = new Map<string, { crew: number; dials: number; listed: unknown }>()
  const busy = (crew: Crew): number => crew.counts.seats + crew.counts.rooms
  const leastBusy = (): number =>
    crews.reduce((best, crew, index) => (busy(crew) < busy(crews[best]!) ? index : best), 0)

  return ({ code, hello }) => {
    if (code !== '') return threadOf(code, crews.length)
    const kind = rooms.kinds.get(hello.protocol)
    // A game that nobody has is refused there.
    if (kind === undefined || hello.intent === 'create' || hello.intent === 'resume') return leastBusy()
    const { seats } = settingsOf(kind)
    const last = recent.get(hello.protocol)
    const free = crews.flatMap((crew, index) =>
      (crew.listed.get(hello.protocol) ?? [])
        .filter((room) => room.seats < seats)
        .map((room) => ({ room, index })),
    )
    const fullest = free.sort((a, b) => b.room.seats - a.room.seats)[0]
    const listed = crews[fullest?.index ?? last?.crew ?? 0]!.listed
    const room = seats - (fullest?.room.seats ?? 0)
    const again = last !== undefined && last.listed === listed && last.dials < room
    const crew = again ? last.crew : (fullest?.index ?? leastBusy())
    recent.set(hello.protocol, { crew, dials: again ? last.dials + 1 : 1, listed })
    return crew
  }
}
