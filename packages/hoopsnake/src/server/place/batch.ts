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
 * Makes a batch to a port. `unsendable` is told of each message that cannot be copied; the others go.
 *
 * A message costs about 10 µs whatever is in it, so a turn's worth goes together. Not bounded by itself: what is posted
 * is bounded by those who post, frames by the byte budgets of their connections.
 */
export function batchTo<T>(
  port: Pick<MessagePort | Worker, 'postMessage'>,
  unsendable: (message: T, error: Error) => void,
): Batch<T> {
  let messages: T[] = []
  let number = 0
  const flush = (): void => {
    if (messages.length === 0) return
    const batch = messages
    messages = []
    number++
    try {
      port.postMessage(batch)
    } catch {
      for (const message of batch) postAlone(message)
    }
  }
  /** Posts one message of a batch that holds something that cannot be copied. */
  function postAlone(message: T): void {
    try {
      port.postMessage([message])
    } catch (error) {
      unsendable(message, error as Error)
    }
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
