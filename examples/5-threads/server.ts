// 5. Threads. Three of them: the sockets are here, the room ticks on a second, and the work that its loop asks for
// blocks a third for a second at a time (see rooms.ts and jobs.ts).
// Watch the numbers of the threads in the log, and that keys are answered at once while the third is blocked.
import { threadId } from 'node:worker_threads'
import { jobThreads, serve, threads } from 'hoopsnake/server'
import { settings } from '../settings.ts'
import work from './jobs.ts'
import rooms from './rooms.ts'

console.log(`The sockets are on thread ${threadId}.`)
const server = await serve({ rooms, place: threads(1), jobs: jobThreads(work, { threads: 1 }), ...settings })
console.log(`Threads: ${server.url}`)
await server.done
