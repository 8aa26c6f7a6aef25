import type { Source } from './any.ts'
import type { Clock, Duration } from './clock.ts'
import type { Refused } from './errors.ts'
import { createInboxes } from './inboxes.ts'
import type { Log } from './log.ts'
import { checkMessage, checkTopic, no } from './message.ts'
import { createAsked, createResponders } from './requests.ts'
import { signal } from './signal.ts'

/** Whether messages reach others: 'down' while there is no connection, and once the bus is closed. */
export type BusStatus = 'up' | 'down'

/** What went over a bus so far. */
export interface BusCounts {
  /** Messages given to `publish`. */
  readonly published: number
  /** Messages handed to a listener; one that two listeners heard counts twice. */
  readonly delivered: number
  /** Messages that were, or may have been, lost: published while down, cut off on their way, or pushed out of a full inbox. */
  readonly dropped: number
  /** Messages that are here and wait in an inbox for their listener. */
  readonly pending: number
  /** Requests of this end that wait for an answer. */
  readonly requests: number
}

/** How to wait for an answer. */
export interface Asking {
  /** Default 2000 ms. */
  readonly timeout?: Duration | undefined
  /** Gives the request up; it is rejected with the reason. It may be served all the same. */
  readonly signal?: AbortSignal | undefined
}

/** Answers a request. A Refused, returned or thrown, travels back; any other error is logged, and the asker told ANSWER_FAILED. */
export type Handler = (message: Uint8Array) => Uint8Array | Refused | Promise<Uint8Array | Refused>

/**
 * How processes and machines talk. Everything at most once; nothing is kept for who comes later.
 *
 * Topics are exact: 1 … 200 characters, well-formed, no control characters; anything else is a TypeError. Messages are
 * bytes, at most 1 MiB, and no two ends ever share a buffer. What one end publishes on a topic arrives in that order,
 * and never in the turn of `publish`. An end hears its own messages too, those that it published after it subscribed.
 */
export interface Bus {
  /** Tells all who listen to `topic`. Never fails for want of a connection: the message is counted as dropped then. */
  publish(topic: string, message: Uint8Array): void
  /**
   * Listens to a topic. Returns the way to stop; after that the listener hears nothing more.
   *
   * Each subscription has an inbox of 20,000 messages and 32 MiB; one more pushes the oldest out, which is counted and logged.
   * What a listener throws is logged and disturbs nobody.
   */
  subscribe(topic: string, listener: (message: Uint8Array) => void): () => void
  /**
   * Asks those who `respond` to the topic; at most one of them is handed the request. Rejects with a Refused, see `busCodes`.
   *
   * An end waits for 5,000 answers at once; more are refused: BUS_FULL.
   */
  request(topic: string, message: Uint8Array, asking?: Asking): Promise<Uint8Array>
  /**
   * Answers requests on a topic. Returns the way to stop. Several may answer one topic: each request goes to one of them,
   * whoever is first; within this end they take turns. An end works on 1,000 requests at once; more are refused: BUS_FULL.
   */
  respond(topic: string, handler: Handler): () => void
  /** A copy, as of now. */
  readonly counts: BusCounts
  readonly status: BusStatus
  /** Tells each change of the status. */
  readonly changes: Source<BusStatus>
  /** Sends what was published, gives up what is asked (BUS_DOWN), and closes. Never rejects. Later calls but `publish` throw. */
  close(): Promise<void>
}

/** What a bus needs of its surroundings. */
export interface BusGiven {
  /** For the time limits of requests. */
  readonly clock: Clock
  /** Told what listeners and handlers throw, and what is dropped. */
  readonly log: Log
}

/** Makes a bus within this process. Messages arrive in a microtask. It is up until it is closed. */
export function memoryBus({ clock, log }: BusGiven): Bus {
  let published = 0
  let lost = 0
  let closed = false
  const changes = signal<BusStatus>((error) => log('error', 'a listener to the status failed', { error }))
  const inboxes = createInboxes(log)
  const responders = createResponders(log)
  const asked = createAsked(clock)
  const whenOpen = (): void => {
    if (closed) throw new Error('the bus is closed')
  }
  return {
    publish(topic, message) {
      checkTopic(topic)
      checkMessage(message)
      published += 1
      if (closed) lost += 1
      else inboxes.deliver(topic, message)
    },
    subscribe(topic, listener) {
      checkTopic(topic)
      whenOpen()
      return inboxes.add(topic, listener)
    },
    async request(topic, message, asking) {
      checkTopic(topic)
      checkMessage(message)
      whenOpen()
      const copy = new Uint8Array(message)
      return asked.ask(asking, (id) => {
        queueMicrotask(() => {
          if (closed) return
          void responders.answer(topic, copy).then((answer) => asked.settle(id, answer))
        })
      })
    },
    respond(topic, handler) {
      checkTopic(topic)
      whenOpen()
      return responders.add(topic, handler)
    },
    get counts() {
      const { delivered, dropped, pending } = inboxes.counts
      return { published, delivered, dropped: dropped + lost, pending, requests: asked.size }
    },
    get status() {
      return closed ? 'down' : 'up'
    },
    changes,
    async close() {
      if (closed) return
      closed = true
      inboxes.close()
      asked.giveUp(no('BUS_DOWN', 'the bus was closed'))
      changes.emit('down')
    },
  }
}
