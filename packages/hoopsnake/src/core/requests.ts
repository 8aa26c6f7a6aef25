import type { Asking, Handler } from './bus.ts'
import { type Clock, milliseconds } from './clock.ts'
import { Refused } from './errors.ts'
import type { Log } from './log.ts'
import { checkMessage, no } from './message.ts'

/** Requests of one end that may wait for an answer at once; more are refused. */
const MOST_ASKED = 5000
/** Requests that one end works on at once; more are refused. */
const MOST_SERVED = 1000
/** Time for an answer, in ms, if the asker doesn't say. */
const PATIENCE = 2000

/** How a request ended: with bytes that nobody else holds, or a refusal. */
export type Answer = Uint8Array | Refused

/** The requests of one end that wait for an answer. */
export interface Asked {
  readonly size: number
  /** Waits for the answer to a request. `send` is called in this turn, with the request's number and its time limit in ms. */
  ask(asking: Asking | undefined, send: (id: number, ms: number) => void): Promise<Uint8Array>
  /** Ends the wait for `id`, if it waits still. */
  settle(id: number, answer: Answer): void
  /** Ends every wait. */
  giveUp(why: Refused): void
}

/** Makes the list of those who wait. */
export function createAsked(clock: Clock): Asked {
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  return {
    get size() {
      return waiting.size
    },
    async ask({ timeout = PATIENCE, signal } = {}, send) {
      const ms = milliseconds(timeout)
      signal?.throwIfAborted()
      if (waiting.size >= MOST_ASKED) {
        throw no('BUS_FULL', `${MOST_ASKED} requests wait for an answer already; try again in a moment`)
      }
      const id = ++last
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
      const late = (): void =>
        waiting.get(id)?.(no('NO_ANSWER', `nobody answered the request within ${ms} ms`))
      const stop = clock.at(clock.now() + ms, late)
      const abort = (): void => reject(signal?.reason)
      signal?.addEventListener('abort', abort)
      waiting.set(id, (answer) => {
        if (answer instanceof Refused) reject(answer)
        else resolve(answer)
      })
      try {
        send(id, ms)
        return await promise
      } finally {
        waiting.delete(id)
        stop()
        signal?.removeEventListener('abort', abort)
      }
    },
    settle: (id, answer) => waiting.get(id)?.(answer),
    giveUp(why) {
      for (const settle of waiting.values()) settle(why)
    },
  }
}

/** Those of one end who answer requests. */
export interface Responders {
  /** Adds one. Returns the way to take it away; what it works on then is still answered. */
  add(topic: string, handler: Handler): () => void
  /** Lets the next in turn answer. `message` is the handler's to keep. Never rejects. */
  answer(topic: string, message: Uint8Array): Promise<Answer>
}

/** Makes the list of those who answer. */
export function createResponders(log: Log): Responders {
  const topics = new Map<string, Set<{ readonly handler: Handler }>>()
  let served = 0

  function next(topic: string): Handler | undefined {
    const entries = topics.get(topic)
    for (const entry of entries ?? []) {
      // To the end of the row, so that they take turns.
      entries?.delete(entry)
      entries?.add(entry)
      return entry.handler
    }
    return undefined
  }
  return {
    add(topic, handler) {
      const entry = { handler }
      const entries = topics.get(topic) ?? new Set()
      topics.set(topic, entries.add(entry))
      return () => {
        entries.delete(entry)
        if (entries.size === 0 && topics.get(topic) === entries) topics.delete(topic)
      }
    },
    async answer(topic, message) {
      const handler = next(topic)
      if (handler === undefined) return no('NO_ANSWER', `nobody answers requests on '${topic}'`)
      if (served >= MOST_SERVED) {
        return no('BUS_FULL', `who answers '${topic}' works on ${MOST_SERVED} requests already`)
      }
      served += 1
      try {
        const answer = await handler(message)
        if (answer instanceof Refused) return answer
        checkMessage(answer)
        return new Uint8Array(answer)
      } catch (error) {
        if (error instanceof Refused) return error
        log('error', 'a handler of the bus failed', { topic, error })
        return no('ANSWER_FAILED')
      } finally {
        served -= 1
      }
    },
  }
}
