import type { Worker } from 'node:worker_threads'
import type { Score, Store } from '../../core/store.ts'
import type { Asked, Call, Reply, Result } from './calls.ts'

interface Waiting {
  readonly resolve: (value: Result) => void
  readonly reject: (error: Error) => void
}

/** A worker and the calls it has not answered. */
interface Running {
  readonly worker: Worker
  readonly calls: Map<number, Waiting>
  /** Why it has no database, once it said so. */
  unusable?: string
}

/**
 * Makes a store of a worker that does the calls.
 *
 * A worker that dies takes its unanswered calls with it: they are rejected, and may or may not have been done. The
 * next call starts another one.
 */
export function workerStore(spawn: () => Worker): Store {
  let running: Running | undefined
  let closed = false
  let ids = 0
  const claimed = new Set<string>()

  function start(): Running {
    const worker = spawn()
    const started: Running = { worker, calls: new Map() }
    // What the worker before had claimed went with it.
    for (const game of claimed) worker.postMessage({ op: 'claim', game, id: ids++ } satisfies Asked)
    const over = (why: string): void => {
      if (running === started) running = undefined
      for (const { reject } of started.calls.values()) reject(new Error(why))
      started.calls.clear()
    }
    worker.on('message', (reply: Reply) => hear(started, reply))
    worker.on('error', (error) => over(`the store's thread failed: ${error.message}`))
    worker.on('exit', (code) => over(started.unusable ?? `the store's thread ended with code ${code}`))
    return started
  }

  async function call<T extends Result>(what: Call): Promise<T> {
    if (closed) throw new Error('the store is closed')
    if (what.op === 'close') closed = true
    const { worker, calls } = (running ??= start())
    const id = ids++
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const transfer = what.op === 'put' ? [what.value.buffer as ArrayBuffer] : []
    worker.postMessage({ ...what, id } satisfies Asked, transfer)
    calls.set(id, { resolve, reject })
    // An idle store keeps no process alive; one with work to do does.
    worker.ref()
    return (await promise) as T
  }

  return {
    get: (key) => call<Uint8Array | undefined>({ op: 'get', key }),
    // A copy, taken now: what the caller does to its bytes afterwards is its own affair.
    put: (key, value) => call<undefined>({ op: 'put', key, value: new Uint8Array(value) }),
    remove: (key) => call<undefined>({ op: 'remove', key }),
    keys: (prefix) => call<string[]>({ op: 'keys', prefix }),
    async record(board, name, score) {
      if (!Number.isFinite(score)) throw new RangeError(`a score of ${score}; give a finite number`)
      await call<undefined>({ op: 'record', board, name, score })
    },
    top: (board, count) => call<Score[]>({ op: 'top', board, count }),
    async claim(game) {
      await call<undefined>({ op: 'claim', game })
      claimed.add(game)
    },
    async close() {
      if (running === undefined && !closed) {
        closed = true
        return
      }
      await call<undefined>({ op: 'close' })
    },
  }
}

function hear(running: Running, reply: Reply): void {
  const { worker, calls } = running
  if ('unusable' in reply) {
    running.unusable = reply.unusable
    return
  }
  for (const answer of reply.answers) {
    const waiting = calls.get(answer.id)
    calls.delete(answer.id)
    if ('error' in answer) waiting?.reject(new Error(`the store failed: ${answer.error}`))
    else waiting?.resolve(answer.value)
  }
  if (calls.size === 0) worker.unref()
}
