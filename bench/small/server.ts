/*
 * `serve` as anybody starts it. Where it is watched, it moves in at a server with a page that says what waits in the
 * sockets: the most since it was last asked.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { inline, plainLog, serve, threads } from 'hoopsnake/server'
import rooms from './rooms.ts'

/** How often sockets are looked at, in ms. */
const SAMPLE = 10

const watched = process.env['SMALL_WATCHED'] !== undefined
const http = createServer()
const server = await serve({
  rooms,
  place: process.env['SMALL_THREADS'] === undefined ? inline() : threads(1),
  log: plainLog({ level: 'warn' }),
  ...(watched ? { server: http, signals: true } : { port: 0 }),
})
if (watched) await watch(http)
console.log(`http://localhost:${server.port}`)
await server.done
process.exit()

async function watch(listener: Server): Promise<void> {
  const sockets = new Set<Socket>()
  let held = 0
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  listener.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url !== '/held') return
    response.end(String(held))
    held = 0
  })
  setInterval(() => {
    for (const socket of sockets) held = Math.max(held, socket.writableLength)
  }, SAMPLE)
  await once(listener.listen(0), 'listening')
}
