import { Worker } from 'node:worker_threads'
import type { Clock } from '../../core/clock.ts'
import type { Listing } from '../../core/link.ts'
import { createTally } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { addGames, type GameReport } from '../../core/telemetry.ts'
import { batchTo, type Batch } from './batch.ts'
import { type Calls, createCalls } from './calls.ts'
import type { Down, ThreadData, Up } from './messages.ts'
import type { Counts, PlaceGiven, RoomsReport } from './place.ts'
import { createRunning, getRunning } from './running.ts'

/** How often a thread is asked whether it still answers, in ms. */
const PING_EVERY = 500
/**
 * How many pings a thread may leave unanswered before it is ended. Counted, not timed: where this process itself
 * stood still (a paused machine, a debugger), no time has passed for the thread either.
 */
const MOST_UNANSWERED = 4
/** The same until it has started: it loads the game and opens what was saved. */
const MOST_WHILE_STARTING = 60
/** How long to wait before a thread is started again that ended before it was ready, in ms. */
const START_AGAIN_AFTER = 1000
/** A room that brings its thread down more often than this within a minute is not opened again. */
const MAX_RESTARTS = 3

/** What whoever keeps a thread is told. */
export interface CrewGiven extends PlaceGiven {
  readonly index: number
  readonly threads: number
  /** Takes what the thread says, but for what concerns the crew itself. */
  readonly heard: (message: Up) => void
  /** Told each time a thread is ready after the one before it ended, and which room's rules ran then, if any. */
  readonly restarted: (culprit: string) => void
}

/** A thread of rooms that is kept running. */
export interface Crew {
  /** Tells the thread; while none is ready, nothing. */
  tell(message: Down): void
  readonly counts: Counts
  /** What its threads have done, those that ended included; up to PING_EVERY ms old. */
  readonly report: RoomsReport
  /** Public rooms by game, up to PING_EVERY ms old. */
  readonly listed: ReadonlyMap<string, readonly Listing[]>
  /** Whether a thread runs and is ready. */
  readonly ready: boolean
  /** Whether it has answered lately; false while it is stuck, and while another is started. */
  readonly answers: boolean
  /** Stops the rooms, then the thread. */
  stop(): Promise<void>
}

/**
 * Keeps one thread of rooms running: one that ends, or does not answer, is replaced, and its saved rooms open again.
 *
 * Resolves when the first thread is ready; rejects if it cannot start.
 */
export async function keepThread(given: CrewGiven): Promise<Crew> {
  const crew = new ThreadKeeper(given)
  await crew.start()
  return crew
}

class ThreadKeeper implements Crew {
  readonly #given: CrewGiven
  readonly #clock: Clock
  readonly #log: Log
  readonly #tallies = new Map<string, ReturnType<typeof createTally>>()
  readonly #banned = new Set<string>()
  #worker: Worker | undefined
  #batch: Batch<Down> | undefined
  #running: Uint8Array = createRunning()
  #callOff: () => void = () => {}
  #answeredAt = 0
  /** Pings that it may yet leave unanswered. */
  #patience = 0
  readonly #calls: Calls
  /** How to end what the thread subscribed to. */
  #subscribed: (() => void)[] = []
  #stopped: PromiseWithResolvers<void> | undefined
  counts: Counts = { rooms: 0, seats: 0, watchers: 0, ticks: 0 }
  listed: ReadonlyMap<string, readonly Listing[]> = new Map()
  ready = false
  /** What threads have done that ended: what was counted must not fall. */
  #ended: readonly GameReport[] = []
  #report: (Up & { do: 'pong' })['report'] | undefined

  constructor(given: CrewGiven) {
    this.#given = given
    this.#clock = given.clock
    this.#log = given.log
    this.#calls = createCalls(given, (call, told) => this.#post({ do: 'answered', call, ...told }))
  }

  get report(): RoomsReport {
    const { games = [], overdue = 0, self } = this.#report ?? {}
    const thread = `rooms ${this.#given.index + 1}`
    return { thread, answers: this.answers, self, overdue, games: addGames([this.#ended, games]) }
  }

  get answers(): boolean {
    return this.ready && this.#clock.now() - this.#answeredAt < 2 * PING_EVERY
  }

  /** Starts a thread. Rejects if it ends before it is ready. */
  start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const worker = this.#spawn()
    let failure: unknown
    worker.on('message', (messages: readonly Up[]) => {
      for (const message of messages) this.#hear(message, resolve)
    })
    worker.on('error', (error) => {
      failure = error
    })
    worker.on('exit', (code) => {
      const why = failure ?? new Error(`the thread ended with code ${code}`)
      reject(why)
      this.#gone(why)
    })
    this.#patience = MOST_WHILE_STARTING
    this.#watch(worker)
    return promise
  }

  tell(message: Down): void {
    // Before it is ready it does not know its rooms yet; who dialled meanwhile is told to it when it is.
    if (this.ready) this.#post(message)
  }

  #post(message: Down): void {
    this.#batch?.post(message)
  }

  async stop(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return this.#callOff()
    this.#stopped = Promise.withResolvers()
    // A thread that is not ready has nothing to save. One that is stays watched: it may never return.
    if (this.ready) {
      this.#post({ do: 'stop' })
      await this.#stopped.promise
    }
    this.#callOff()
    await worker.terminate()
  }

  #spawn(): Worker {
    const { rooms, index, threads, maxRooms, keys, jobs, precise } = this.#given
    const running = createRunning()
    const workerData: ThreadData = {
      url: rooms.url,
      index,
      threads,
      maxRooms,
      keys,
      jobs: jobs !== undefined,
      precise,
      running,
      banned: [...this.#banned],
    }
    // Of the same kind as this file: .ts where sources run, .js where the package is built.
    const file = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
    const worker = new Worker(file, { workerData, name: `rooms ${index + 1}` })
    this.#running = running
    this.#worker = worker
    this.#batch = batchTo(worker, (message, error) => {
      // A store of the user's answered with what is no data.
      if (message.do === 'answered')
        this.#post({ do: 'answered', call: message.call, error: new Error(error.message) })
    })
    return worker
  }

  #hear(message: Up, ready: () => void): void {
    switch (message.do) {
      case 'ready':
        this.ready = true
        this.#answered()
        return ready()
      case 'pong':
        this.#answered()
        this.counts = message.counts
        this.listed = message.listed
        this.#report = message.report
        return
      case 'log':
        return this.#log(message.level, message.message, { ...message.fields, thread: this.#given.index + 1 })
      case 'call':
        return this.#calls.take(message)
      case 'callOff':
        return this.#calls.callOff(message.call)
      case 'publish':
        return this.#given.bus.publish(message.topic, message.message)
      case 'subscribe': {
        const { topic } = message
        const off = this.#given.bus.subscribe(topic, (told) =>
          this.#post({ do: 'heard', topic, message: told }),
        )
        return void this.#subscribed.push(off)
      }
      case 'stopped':
        return this.#stopped?.resolve()
      default:
        this.#given.heard(message)
    }
  }

  /** Pings the thread, and ends one that does not answer: rules that never return cannot be ended otherwise. */
  #watch(worker: Worker): void {
    this.#callOff = this.#clock.at(this.#clock.now() + PING_EVERY, () => {
      if (this.#patience-- > 0) {
        if (this.ready) this.#post({ do: 'ping' })
        return this.#watch(worker)
      }
      this.#log('error', 'a thread does not answer and is ended', { thread: this.#given.index + 1 })
      void worker.terminate()
    })
  }

  #answered(): void {
    this.#answeredAt = this.#clock.now()
    this.#patience = MOST_UNANSWERED
  }

  /** Notes that the thread ended, and starts another. */
  #gone(why: unknown): void {
    const started = this.ready
    this.#callOff()
    this.#worker = undefined
    this.#batch = undefined
    this.ready = false
    for (const off of this.#subscribed.splice(0)) off()
    this.#calls.drop()
    this.listed = new Map()
    const there = { rooms: 0, seats: 0, watchers: 0, clients: 0 }
    this.#ended = this.report.games.map((game) => ({ ...game, ...there }))
    this.#report = undefined
    this.counts = { ...this.counts, rooms: 0, seats: 0, watchers: 0 }
    if (this.#stopped !== undefined) return this.#stopped.resolve()
    // One that never started would not start the next time either.
    if (!started && this.#tallies.size === 0) return
    const culprit = getRunning(this.#running)
    this.#log('error', 'a thread of rooms ended; starting another', {
      thread: this.#given.index + 1,
      ...(culprit && { room: culprit }),
      error: why,
    })
    this.#blame(culprit)
    // At once where it ran; one that did not even start may need a moment, and must not be started over and over.
    const wait = started ? 0 : START_AGAIN_AFTER
    this.#callOff = this.#clock.at(this.#clock.now() + wait, () => {
      this.start().then(
        () => this.#given.restarted(culprit),
        () => {
          // Heard of by `exit`, which starts the next one.
        },
      )
    })
  }

  /** Counts what a room did; one that goes on doing it is not opened again. */
  #blame(code: string): void {
    const tally = this.#tallies.get(code) ?? createTally({ most: MAX_RESTARTS, within: 60_000 })
    this.#tallies.set(code, tally)
    if (tally.count(this.#clock.now()) || code === '') return
    this.#banned.add(code)
    this.#log('error', 'a room brings its thread down again and again, and stays closed', { room: code })
  }
}
