/* The server of the campaigns: the rooms of `rooms.ts`, and a parent that may ask what goes on inside. */
import { plainLog, jobThreads, memoryStore, serve, sqlite, threads, inline } from 'hoopsnake/server'
import work from './jobs.ts'
import type { OwnOptions } from './own.ts'
import rooms from './rooms.ts'

const { threads: count = 0, store, connections }: OwnOptions = JSON.parse(process.argv[2] ?? '{}')

const server = await serve({
  rooms,
  port: 0,
  host: '127.0.0.1',
  place: count > 0 ? threads(count) : inline(),
  store: store === undefined ? memoryStore() : sqlite(store),
  jobs: jobThreads(work, { threads: 1 }),
  log: plainLog({ level: 'debug' }),
  ...(connections === undefined ? {} : { limits: { connections } }),
})

const realNow = Date.now
let jumped = 0

const answers: Record<string, (value: number) => unknown> = {
  memory() {
    global.gc?.()
    const { heapUsed: heap, arrayBuffers, external } = process.memoryUsage()
    return { heap, buffers: arrayBuffers + external, handles: process.getActiveResourcesInfo().length }
  },
  block(value) {
    for (const end = performance.now() + value; performance.now() < end;);
  },
  jump(value) {
    jumped += value
    Date.now = () => realNow() + jumped
  },
}

process.on('message', ({ id, what, value }: { id: number; what: string; value: number }) => {
  process.send!({ id, answer: answers[what]!(value) })
})
console.log(server.url)
await server.done
process.disconnect()
