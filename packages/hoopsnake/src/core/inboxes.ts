import type { Log } from './log.ts'

const MOST_MESSAGES = 20_000
const MOST_BYTES = 32 << 20

/** The subscriptions of one end of a bus, each with its inbox. */
export interface Inboxes {
  /** Adds a subscription. Returns the way to take it away; what waits for it then is forgotten. */
  add(topic: string, listener: (message: Uint8Array) => void): () => void
  /** Puts a copy into the inbox of each who listens to the topic; they hear it in a microtask. */
  deliver(topic: string, message: Uint8Array): void
  readonly counts: { readonly delivered: number; readonly dropped: number; readonly pending: number }
  /** Takes all subscriptions away. */
  close(): void
}

interface Counts {
  delivered: number
  dropped: number
  pending: number
}

/** The inbox of one subscription. */
interface Inbox {
  /** Takes the message, which nobody else holds, to hand it over in a microtask. */
  put(message: Uint8Array): void
  /** Forgets what waits. */
  clear(): void
}

/** Makes the inboxes of a bus. */
export function createInboxes(log: Log): Inboxes {
  const topics = new Map<string, Set<Inbox>>()
  const counts: Counts = { delivered: 0, dropped: 0, pending: 0 }

  function remove(topic: string, inbox: Inbox): void {
    const inboxes = topics.get(topic)
    if (!inboxes?.delete(inbox)) return
    if (inboxes.size === 0) topics.delete(topic)
    inbox.clear()
  }
  return {
    add(topic, listener) {
      const inbox = createInbox({ topic, hand: guarded(topic, listener, log), counts, log })
      const inboxes = topics.get(topic) ?? new Set()
      topics.set(topic, inboxes.add(inbox))
      return () => remove(topic, inbox)
    },
    deliver(topic, message) {
      for (const inbox of topics.get(topic) ?? []) inbox.put(new Uint8Array(message))
    },
    counts,
    close() {
      for (const [topic, inboxes] of Array.from(topics)) {
        for (const inbox of Array.from(inboxes)) remove(topic, inbox)
      }
    },
  }
}

interface InboxGiven {
  readonly topic: string
  readonly hand: (message: Uint8Array) => void
  readonly counts: Counts
  readonly log: Log
}

/** Makes an inbox. When it is full, its oldest message makes room for the newest. */
function createInbox({ topic, hand, counts, log }: InboxGiven): Inbox {
  // Oldest first, from `head` on; what stands before was taken.
  let waiting: Uint8Array[] = []
  let head = 0
  let bytes = 0
  let due = false
  let told = false

  function take(): Uint8Array | undefined {
    const message = waiting[head]
    if (message === undefined) return undefined
    head += 1
    bytes -= message.length
    counts.pending -= 1
    // Moved up now and then, so that neither the taken ones are kept nor each taking moves all others.
    if (head === waiting.length || head > MOST_MESSAGES) {
      waiting = waiting.slice(head)
      head = 0
    }
    return message
  }
  function empty(): void {
    due = false
    // What comes meanwhile waits for a microtask of its own: it must not come in the turn of its publishing.
    for (let left = waiting.length - head; left > 0; left--) {
      const message = take()
      if (message === undefined) break
      counts.delivered += 1
      hand(message)
    }
    if (waiting.length === 0) told = false
  }
  function drop(): void {
    take()
    counts.dropped += 1
    if (!told) log('warn', 'an inbox of the bus is full: its oldest messages are dropped', { topic })
    told = true
  }
  return {
    put(message) {
      waiting.push(message)
      bytes += message.length
      counts.pending += 1
      while (waiting.length - head > MOST_MESSAGES || bytes > MOST_BYTES) drop()
      if (!due) queueMicrotask(empty)
      due = true
    },
    clear() {
      while (take() !== undefined);
    },
  }
}

/** Calls a listener; what it throws is logged, in a promise too. */
function guarded(
  topic: string,
  listener: (message: Uint8Array) => unknown,
  log: Log,
): (message: Uint8Array) => void {
  const failed = (error: unknown): void => log('error', 'a listener of the bus failed', { topic, error })
  return (message) => {
    try {
      const result = listener(message)
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
