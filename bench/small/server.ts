/* `serve` as anybody starts it, beside a page of its own that says what waits in the sockets: the most since it was last asked. */
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { inline, plainLog, serve, threads } from 'hoopsnake/server'
import rooms from './rooms.ts'

const SAMPLE = 10

const sockets = new Set<Socket>()
let held = 0
const http = createServer((request, response) => {
  if (request.url !== '/held') return
  response.end(String(held))
  held = 0
})
if (process.env['SMALL_WATCHED'] !== undefined) {
  http.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  setInterval(() => {
    for (const socket of sockets) held = Math.max(held, socket.writableLength)
  }, SAMPLE)
}

const place = process.env['SMALL_THREADS'] === undefined ? inline() : threads(1)
const server = await serve({
  rooms,
  place,
  server: http,
  signals: true,
  log: plainLog({ level: 'warn' }),
})
http.listen(0, () => console.log(`http://localhost:${(http.address() as AddressInfo).port}`))
await server.done
process.exit()
