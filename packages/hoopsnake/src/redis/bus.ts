import type { Bus } from '../core/bus.ts'
import type { Clock } from '../core/clock.ts'
import { createInboxes } from '../core/inboxes.ts'
import type { Log } from '../core/log.ts'
import { checkMessage, checkTopic, no } from '../core/message.ts'
import { realClock } from '../server/clock.ts'
import { plainLog } from '../server/log.ts'
import type { RedisAt } from './connection.ts'
import { openLine } from './line.ts'
import { createRequests } from './requests.ts'

/** How to make a bus over Redis. Everything has a default. */
export interface RedisBusOptions extends RedisAt {
  /** In front of all names in Redis: those who have the same are on one bus. Default 'hoopsnake:'. */
  readonly prefix?: string | undefined
  readonly clock?: Clock | undefined
  /** Default: one line per entry on standard error. */
  readonly log?: Log | undefined
}

/**
 * Makes a bus between all processes that use one Redis. Rejects with words if Redis doesn't answer now.
 *
 * Later it comes back by itself, with its subscriptions; until then it is down: messages are dropped, requests refused.
 * At most 16 MiB are on their way to Redis; more is dropped, requests are refused.
 */
export async function redisBus(options: RedisBusOptions = {}): Promise<Bus> {
  const { prefix = 'hoopsnake:', clock = realClock(), log = plainLog() } = options
  const line = await openLine(options, { clock, log })
  const inboxes = createInboxes(log)
  const requests = createRequests(line, { prefix, clock, log })
  const own = { published: 0, dropped: 0 }
  const lose = (): void => void (own.dropped += 1)
  let closed = false
  const channelOf = (topic: string): string => `${prefix}t:${topic}`
  function begin(topic: string): void {
    checkTopic(topic)
    if (closed) throw new Error('the bus is closed')
  }
  return {
    publish(topic, message) {
      checkTopic(topic)
      checkMessage(message)
      own.published += 1
      if (line.status === 'down') own.dropped += 1
      else line.send(message.length, ['PUBLISH', channelOf(topic), Buffer.from(message)]).catch(lose)
    },
    subscribe(topic, listener) {
      begin(topic)
      const remove = inboxes.add(topic, listener)
      const stop = line.want(channelOf(topic), (message) => inboxes.deliver(topic, message))
      return () => {
        remove()
        stop()
      }
    },
    async request(topic, message, asking) {
      begin(topic)
      checkMessage(message)
      if (line.status === 'down') throw no('BUS_DOWN', 'the bus has no connection to Redis now')
      const copy = Buffer.from(message)
      return requests.asked.ask(asking, (number, ms) => void requests.put(topic, copy, { number, ms }))
    },
    respond(topic, handler) {
      begin(topic)
      return requests.respond(topic, handler)
    },
    get counts() {
      const { delivered, dropped, pending } = inboxes.counts
      return { ...own, delivered, dropped: own.dropped + dropped, pending, requests: requests.asked.size }
    },
    get status() {
      return line.status
    },
    changes: line.changes,
    close() {
      closed = true
      inboxes.close()
      requests.asked.giveUp(no('BUS_DOWN', 'the bus was closed'))
      return line.close()
    },
  }
}
