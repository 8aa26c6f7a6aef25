import type { MessagePort, Worker } from 'node:worker_threads'
import { afterTurn } from '../clock.ts'

/** Messages to another thread: what is posted in one turn crosses in one message. */
export interface Batch<T> {
  post(message: T): void
  /** Sends what was posted so far, now. */
  flush(): void
  /** Of the batch that is being gathered; rises with each. */
  readonly number: number
}

/**
 * Makes a batch to a port.
 *
 * A message costs about 10 µs whatever is in it, so a turn's worth goes together. Not bounded by itself: what is posted
 * is bounded by those who post, frames by the byte budgets of their connections.
 */
export function batchTo<T>(port: Pick<MessagePort | Worker, 'postMessage'>): Batch<T> {
  let messages: T[] = []
  let number = 0
  const flush = (): void => {
    if (messages.length === 0) return
    const batch = messages
    messages = []
    number++
    port.postMessage(batch)
  }
  return {
    post(message) {
      if (messages.push(message) === 1) afterTurn(flush)
    },
    flush,
    get number() {
      return number
    },
  }
}
