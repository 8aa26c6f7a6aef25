import type { Log } from './log.ts'

const MOST_MESSAGES = 20_000
const MOST_BYTES = 32 << 20

/** The subscriptions of one end of a bus, each with its inbox. */
export interface Inboxes {
  /** Adds a subscription. Returns the way to take it away; what waits for it then is forgotten. */
  add(topic: string, listener: (message: Uint8Array) => void): () => void
  /** Puts a copy into the inbox of each who listens to the topic; they hear it in a microtask. */
  deliver(topic: string, message: Uint8Array): void
  /** Whether anybody listens to the topic. */
  has(topic: string): boolean
  readonly counts: { readonly delivered: number; readonly dropped: number; readonly pending: number }
  /** Takes all subscriptions away. */
  close(): void
}

interface Inbox {
  readonly topic: string
  readonly listener: (message: Uint8Array) => unknown
  /** Oldest first, from `head` on; what stands before was taken. */
  waiting: Uint8Array[]
  head: number
  /** Of what waits. */
  bytes: number
  /** Whether the microtask that empties it is on its way. */
  due: boolean
  /** Whether it was said that messages were dropped, since it was last empty. */
  told: boolean
}

/** Makes the inboxes of a bus. When one is full, its oldest message makes room for the newest. */
export function createInboxes(log: Log): Inboxes {
  const topics = new Map<string, Set<Inbox>>()
  const counts = { delivered: 0, dropped: 0, pending: 0 }

  function put(inbox: Inbox, message: Uint8Array): void {
    inbox.waiting.push(message)
    inbox.bytes += message.length
    counts.pending += 1
    while (inbox.waiting.length - inbox.head > MOST_MESSAGES || inbox.bytes > MOST_BYTES) {
      take(inbox)
      counts.dropped += 1
      if (inbox.told) continue
      inbox.told = true
      log('warn', 'an inbox of the bus is full: its oldest messages are dropped', { topic: inbox.topic })
    }
    if (inbox.due) return
    inbox.due = true
    queueMicrotask(() => empty(inbox))
  }
  function take(inbox: Inbox): Uint8Array | undefined {
    const message = inbox.waiting[inbox.head]
    if (message === undefined) return undefined
    inbox.head += 1
    inbox.bytes -= message.length
    counts.pending -= 1
    // Moved up now and then, so that neither the taken ones are kept nor each taking moves all others.
    if (inbox.head === inbox.waiting.length || inbox.head > MOST_MESSAGES) {
      inbox.waiting = inbox.waiting.slice(inbox.head)
      inbox.head = 0
    }
    return message
  }
  function empty(inbox: Inbox): void {
    inbox.due = false
    // What comes meanwhile waits for a microtask of its own: it must not come in the turn of its publishing.
    for (let left = inbox.waiting.length - inbox.head; left > 0; left--) {
      const message = take(inbox)
      if (message === undefined) break
      hand(inbox, message)
    }
    if (inbox.waiting.length === 0) inbox.told = false
  }
  function hand({ topic, listener }: Inbox, message: Uint8Array): void {
    const failed = (error: unknown): void => log('error', 'a listener of the bus failed', { topic, error })
    counts.delivered += 1
    try {
      const result = listener(message)
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
  function remove(inbox: Inbox): void {
    const inboxes = topics.get(inbox.topic)
    if (!inboxes?.delete(inbox)) return
    if (inboxes.size === 0) topics.delete(inbox.topic)
    while (take(inbox) !== undefined);
  }
  return {
    add(topic, listener) {
      const inbox: Inbox = { topic, listener, waiting: [], head: 0, bytes: 0, due: false, told: false }
      const inboxes = topics.get(topic) ?? new Set()
      topics.set(topic, inboxes.add(inbox))
      return () => remove(inbox)
    },
    deliver(topic, message) {
      for (const inbox of topics.get(topic) ?? []) put(inbox, new Uint8Array(message))
    },
    has: (topic) => topics.has(topic),
    counts,
    close() {
      for (const inboxes of Array.from(topics.values()))
        for (const inbox of Array.from(inboxes)) remove(inbox)
    },
  }
}
