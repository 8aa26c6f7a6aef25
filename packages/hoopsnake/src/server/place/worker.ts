import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import type { DirectoryGiven } from '../../core/directory.ts'
import { createHost, type Host } from '../../core/host.ts'
import type { Rooms } from '../../core/kind.ts'
import type { Connection } from '../../core/link.ts'
import { type Jobs, noJobs } from '../../core/jobs.ts'
import type { Log } from '../../core/log.ts'
import { checkMessage, checkTopic } from '../../core/message.ts'
import type { Store } from '../../core/store.ts'
import { date, preciseClock, realClock } from '../clock.ts'
import { jobsBy } from '../jobs/packed.ts'
import { watchThread } from '../metrics/thread.ts'
import { realEntropy } from '../random.ts'
import { createSeal } from '../seal.ts'
import { type Batch, batchTo } from './batch.ts'
import { answer, type Down, type Services, settle, type ThreadData, threadOf, type Up } from './messages.ts'
import { compiled } from './compiled.ts'
import { createPipes, type Pipes } from './pipes.ts'
import { setRunning } from './running.ts'

/*
 * A thread of rooms: the same host as `inline()`, with its sockets, its store and its log on the other side of a port.
 */

/** What the parts of this thread have in common. */
interface Thread {
  readonly host: Host
  readonly games: readonly string[]
  readonly pipes: Pipes
  readonly connections: Map<number, Connection>
  /** What waits for an answer from the other side, by call. */
  readonly calls: Map<number, PromiseWithResolvers<unknown>>
  readonly post: (message: Up) => void
}

const port = parentPort!
const { url, index, threads, maxRooms, keys, jobs, precise, banned, running } = workerData as ThreadData

const batch: Batch<Up> = batchTo(port, (message, error) => {
  // Work of a room gave a store or a job what is no data.
  if (message.do === 'call') take(thread, { do: 'answered', call: message.call, error })
})
const post = (message: Up): void => batch.post(message)

const { default: rooms } = (await import(url)) as { default?: Rooms }
if (!(rooms?.kinds instanceof Map))
  throw new TypeError(`${url} has no default export made by rooms(import.meta.url, { … })`)

const self = watchThread(realClock())
const calls: Thread['calls'] = new Map()
let lastCall = 0
const subscriptions = new Map<string, Set<(message: Uint8Array) => void>>()
const host = createHost({
  rooms: compiled(rooms),
  clock: realClock(),
  tickClock: precise ? preciseClock() : undefined,
  entropy: realEntropy(),
  seal: createSeal(keys, date),
  store: remoteStore(),
  bus: remoteBus(),
  jobs: jobs ? remoteJobs() : noJobs(),
  log: remoteLog(),
  maxRooms,
  owns: (code) => threadOf(code, threads) === index && !banned.includes(code),
  opensAlways: index === 0,
  mark: (code) => setRunning(running, code),
})
const thread: Thread = {
  host,
  games: [...rooms.kinds.keys()],
  pipes: createPipes(batch),
  connections: new Map(),
  calls,
  post,
}
port.on('message', (messages: readonly Down[]) => {
  for (const message of messages) take(thread, message)
})
await host.restore()
post({ do: 'ready' })

function take(
  { host: rooms, pipes, connections, calls: waiting, post: say, games }: Thread,
  message: Down,
): void {
  switch (message.do) {
    case 'connect':
      return void connections.set(message.id, rooms.connect(pipes.open(message.id), message.arrival))
    case 'receive':
      return connections.get(message.id)?.receive(message.frame)
    case 'lost':
      connections.get(message.id)?.lost()
      return void connections.delete(message.id)
    case 'queued':
      return pipes.queued(message.bytes)
    case 'list':
      return void answer(rooms.list(message.protocol)).then((told) =>
        say({ do: 'listed', call: message.call, ...told }),
      )
    case 'answered': {
      const call = waiting.get(message.call)
      waiting.delete(message.call)
      return call && settle(message, call)
    }
    case 'heard':
      return subscriptions.get(message.topic)?.forEach((listener) => listener(message.message))
    case 'ping':
      return void pong(rooms, games).then(say)
    case 'stop':
      return void rooms.stop().then(() => {
        say({ do: 'stopped' })
        batch.flush()
      })
  }
}

async function pong(rooms: Host, games: readonly string[]): Promise<Up> {
  const listed = await Promise.all(games.map(async (game) => [game, await rooms.list(game)] as const))
  return {
    do: 'pong',
    counts: { ...rooms.counts },
    listed: new Map(listed),
    report: { ...rooms.report, self: self.report },
  }
}

/** Calls something on the other side. */
function call(on: keyof Services, method: string, ...args: readonly unknown[]): Promise<never> {
  const waiting = Promise.withResolvers<unknown>()
  calls.set(++lastCall, waiting)
  post({ do: 'call', call: lastCall, on, method, args })
  return waiting.promise as Promise<never>
}

/** Calls something that takes `signal` among the options that come last. A signal does not cross; that it aborted does. */
function callUntil(signal: AbortSignal | undefined, ...what: Parameters<typeof call>): Promise<never> {
  const answered = call(...what)
  const number = lastCall
  const callOff = (): void => post({ do: 'callOff', call: number })
  if (signal?.aborted) callOff()
  signal?.addEventListener('abort', callOff, { once: true })
  return answered.finally(() => signal?.removeEventListener('abort', callOff))
}

/** Makes the store of this thread: every call crosses to the store of the server. */
function remoteStore(): Store {
  return {
    get: (key) => call('store', 'get', key),
    put: (key, value) => call('store', 'put', key, value),
    remove: (key) => call('store', 'remove', key),
    keys: (prefix) => call('store', 'keys', prefix),
    record: (board, name, score) => call('store', 'record', board, name, score),
    top: (board, count) => call('store', 'top', board, count),
    close: () => Promise.resolve(),
  }
}

/** Makes the bus of this thread, as far as rooms need it: it crosses to the bus of the server. */
function remoteBus(): DirectoryGiven['bus'] {
  return {
    publish(topic, message) {
      // Here: over there nobody could be told.
      checkTopic(topic)
      checkMessage(message)
      post({ do: 'publish', topic, message })
    },
    request: (topic, message, { timeout, signal } = {}) =>
      callUntil(signal, 'bus', 'request', topic, message, { timeout }),
    subscribe(topic, listener) {
      const listeners = subscriptions.get(topic) ?? new Set()
      if (listeners.size === 0) post({ do: 'subscribe', topic })
      subscriptions.set(topic, listeners.add(listener))
      return () => void listeners.delete(listener)
    },
  }
}

/** Makes the jobs of this thread: packed here, they cross to the pool of the server. */
function remoteJobs(): Jobs {
  return jobsBy((name, input, { timeout, signal } = {}) =>
    callUntil(signal, 'jobs', 'call', name, input, { timeout }),
  )
}

/** Makes the log of this thread. What cannot cross, crosses as text. */
function remoteLog(): Log {
  return (level, message, fields) => {
    try {
      post({ do: 'log', level, message, fields: structuredClone(fields) })
    } catch {
      post({ do: 'log', level, message, fields: asText(fields) })
    }
  }
}

/** Shows each field that does not cross as it is. Rules may throw anything, even what throws when it is looked at. */
function asText(fields: Parameters<Log>[2]): Parameters<Log>[2] {
  const shown = (value: unknown): unknown => {
    try {
      return typeof value === 'number' ? value : inspect(value)
    } catch {
      return '(cannot be shown)'
    }
  }
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, value]) => [name, shown(value)]))
}
