import { parentPort, workerData } from 'node:worker_threads'
import { afterTurn } from '../clock.ts'
import type { Asked, Reply } from './calls.ts'
import { type Database, openDatabase } from './database.ts'

// Everything that came in one turn is one transaction: a commit waits for the disk, and costs the same for many.
const port = parentPort!
let waiting: Asked[] = []

function say(reply: Reply): void {
  port.postMessage(reply)
}

function work(database: Database): void {
  const calls = waiting
  waiting = []
  const answers = answersTo(database, calls)
  // Before the answer: who was told that the store is closed may end the process.
  const closing = calls.some(({ op }) => op === 'close')
  if (closing) database.close()
  say({ answers })
  if (closing) port.close()
}

function answersTo(
  database: Database,
  calls: readonly Asked[],
): Extract<Reply, { answers: unknown }>['answers'] {
  try {
    const results = database.all(calls)
    return calls.map(({ id }, at) => {
      const value = results[at]
      return value instanceof Error ? { id, error: value.message } : { id, value }
    })
  } catch (error) {
    const { message, cause } = error as Error
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message
    return calls.map(({ id }) => ({ id, error: why }))
  }
}

try {
  const database = openDatabase(workerData as string)
  port.on('message', (call: Asked) => {
    if (waiting.length === 0) afterTurn(() => work(database))
    waiting.push(call)
  })
} catch (error) {
  say({ unusable: (error as Error).message })
}
