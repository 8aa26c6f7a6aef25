/* The server of the campaigns: the rooms of `rooms.ts`. */
import { plainLog, jobThreads, memoryStore, serve, sqlite, threads, inline } from 'hoopsnake/server'
import work from './jobs.ts'
import type { OwnOptions } from './own.ts'
import rooms from './rooms.ts'

const { threads: count = 0, store, port = 0 }: OwnOptions = JSON.parse(process.argv[2] ?? '{}')

const server = await serve({
  rooms,
  port,
  host: '127.0.0.1',
  place: count > 0 ? threads(count) : inline(),
  store: store === undefined ? memoryStore() : sqlite(store),
  jobs: jobThreads(work, { threads: 1 }),
  log: plainLog({ level: 'debug' }),
})

console.log(server.url)
await server.done
