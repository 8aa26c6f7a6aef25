// ws: each message is sent to each client by a call of its own, as the documentation broadcasts.
import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { listening, loop } from './field.mjs'

const messages = Number(process.env.FANOUT_MESSAGES)
const bytes = Number(process.env.FANOUT_BYTES)
const said = Array.from({ length: messages }, (_, place) =>
  Buffer.alloc(bytes, 7).fill(place, 0, 1).fill(messages, 1, 2),
)

const server = createServer()
const wss = new WebSocketServer({ server, perMessageDeflate: false })
const start = loop(
  () => {
    for (const client of wss.clients) {
      if (client.readyState === WebSocket.OPEN) for (const message of said) client.send(message)
    }
  },
  () => wss.clients.size > 0,
)
wss.on('connection', (client) => {
  client.on('error', () => {})
  start()
})
server.listen(0, () => listening(server))
