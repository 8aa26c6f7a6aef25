// ws: connections in groups of so many. Each group is sent a message every 50 ms, unless it sleeps. A message of one
// length is an input, one of another asks for an answer, as clients of a game do to know how far away it is.
import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { ASKS, HZ, listening, PONG } from './field.mjs'

const { SMALL_SEATS = '10000', SMALL_BYTES = '64', SMALL_SLEEPS } = process.env
const server = createServer()
const wss = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false })
const groups = []
let heard = 0

wss.on('connection', (client) => {
  let group = groups.find((one) => one.size < Number(SMALL_SEATS))
  if (group === undefined) groups.push((group = begin()))
  group.add(client)
  client.on('message', (data) => {
    if (data.length === ASKS) client.send(Buffer.alloc(PONG, data[10]))
    else heard += data[4]
  })
  client.on('error', () => {})
  client.on('close', () => group.delete(client))
  client.send(Buffer.alloc(Number(SMALL_BYTES)))
})

function begin() {
  const group = new Set()
  if (SMALL_SLEEPS !== undefined) return group
  setInterval(() => {
    const data = Buffer.alloc(Number(SMALL_BYTES), heard & 0xff)
    for (const client of group) if (client.readyState === WebSocket.OPEN) client.send(data)
  }, 1000 / HZ)
  return group
}

server.listen(0, () => listening(server))
