import { availableParallelism } from 'node:os'
import type { Clock } from '../../core/clock.ts'
import { Refused, refuse } from '../../core/errors.ts'
import { up } from '../../core/frames/kinds.ts'
import { turnAway } from '../../core/guest.ts'
import type { Arrival, Connection, Listing } from '../../core/link.ts'
import type { Pipe } from '../../core/pipe.ts'
import { arrivalAgain, type Client, note, sequenceOf, standIn, tickOf } from './client.ts'
import { type Crew, keepThread } from './crew.ts'
import type { Answer, Up, Write } from './messages.ts'
import type { Counts, Place, PlaceGiven, RoomsReport, RunningPlace } from './place.ts'
import { createRoutes, type Routes } from './routes.ts'

/** How often threads are told what waits in their sockets, in ms. */
const QUEUED_EVERY = 100
/** Threads that may end before a dial is let in; after one more it is turned away. */
const MAX_FAILURES = 1
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

  get reports(): RoomsReport[] {
    return this.#crews.map((crew) => crew.report)
  }

  async stop(): Promise<void> {
    this.#callOff()
    await Promise.all(this.#crews.map((crew) => crew.stop()))
  }

  #connect(pipe: Pipe, arrival: Arrival): Connection {
    const id = ++this.#lastId
    const crew = this.#routes(arrival)
    const client: Client = {
      id,
      pipe,
      arrival,
      crew,
      tick: 0,
      sent: 0,
      acked: 0,
      pong: undefined,
      waiting: false,
      failures: 0,
    }
    this.#clients.set(id, client)
    this.#crews[crew]!.tell({ do: 'connect', id, arrival })
    return {
      receive: (frame) => {
        if (frame[0] === up.INPUT || frame[0] === up.TIMED_INPUT)
          client.sent = sequenceOf(frame) ?? client.sent
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
    const tick = tickOf(frame)
    for (let i = 0; i < to.length; i++) {
      const client = this.#clients.get(to[i]!)
      if (client === undefined) continue
      const first = own[i]
      note(client, first ?? frame)
      client.tick = Math.max(client.tick, tick)
      client.pipe.write(frame, first)
    }
  }

  /** Brings the clients of a thread that ended back into their rooms, which the new thread has opened again. */
  #reconnect(index: number, culprit: string): void {
    for (const client of this.#clients.values()) {
      const { id, pipe, crew, sent, acked } = client
      if (crew !== index) continue
      // The room that it opens anew each time may be what ends the threads: then nobody in this one would ever play.
      if (client.failures !== undefined && ++client.failures > MAX_FAILURES) {
        this.#clients.delete(id)
        turnAway(pipe, refuse('CRASHED'))
        continue
      }
      const arrival = arrivalAgain(client)
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
