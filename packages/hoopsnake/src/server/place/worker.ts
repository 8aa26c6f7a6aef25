import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { createHost, type Host } from '../../core/host.ts'
import type { Rooms } from '../../core/kind.ts'
import type { Connection } from '../../core/link.ts'
import type { Log } from '../../core/log.ts'
import type { Store } from '../../core/store.ts'
import { realClock } from '../clock.ts'
import { realEntropy } from '../random.ts'
import { type Batch, batchTo } from './batch.ts'
import { answer, type Down, type StoreMethod, type ThreadData, threadOf, type Up } from './messages.ts'
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
  /** What waits for an answer of the store, by call. */
  readonly calls: Map<number, PromiseWithResolvers<unknown>>
  readonly post: (message: Up) => void
}

const port = parentPort!
const { url, index, threads, maxRooms, banned, running } = workerData as ThreadData

const batch: Batch<Up> = batchTo(port)
const post = (message: Up): void => batch.post(message)

const { default: rooms } = (await import(url)) as { default?: Rooms }
if (!(rooms?.kinds instanceof Map))
  throw new TypeError(`${url} has no default export made by rooms(import.meta.url, { … })`)

const calls: Thread['calls'] = new Map()
const host = createHost({
  rooms,
  clock: realClock(),
  entropy: realEntropy(),
  store: remoteStore(),
  log: remoteLog(),
  maxRooms,
  owns: (code) => threadOf(code, threads) === index && !banned.includes(code),
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
    case 'stored': {
      const call = waiting.get(message.call)
      waiting.delete(message.call)
      return 'error' in message ? call?.reject(message.error) : call?.resolve(message.value)
    }
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
  return { do: 'pong', counts: { ...rooms.counts }, listed: new Map(listed) }
}

/** Makes the store of this thread: every call crosses to the store of the server. */
function remoteStore(): Store {
  let call = 0
  const ask =
    (method: StoreMethod) =>
    (...args: unknown[]): Promise<never> => {
      const waiting = Promise.withResolvers<unknown>()
      calls.set(++call, waiting)
      post({ do: 'store', call, method, args })
      return waiting.promise as Promise<never>
    }
  return {
    get: ask('get'),
    put: ask('put'),
    remove: ask('remove'),
    keys: ask('keys'),
    record: ask('record'),
    top: ask('top'),
    close: () => Promise.resolve(),
  }
}

/** Makes the log of this thread. What cannot cross, crosses as text. */
function remoteLog(): Log {
  return (level, message, fields) => {
    try {
      post({ do: 'log', level, message, fields: structuredClone(fields) })
    } catch {
      post({ do: 'log', level, message, fields: { fields: inspect(fields) } })
    }
  }
}
