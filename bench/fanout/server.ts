/* hoopsnake's side: `serve`, as anybody starts it. */
import { plainLog, serve } from 'hoopsnake/server'
import rooms from './rooms.ts'

const server = await serve({ rooms, port: 0, log: plainLog({ level: 'warn' }) })
console.log(server.url)
await server.done
