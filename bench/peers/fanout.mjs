// So many messages to each client at each tick, and an answer to whoever asks: a game's clients ask how far away it is.
//
//   ws      each message by a call of its own, as the documentation broadcasts
//   limit   bare sockets: the frames of a tick packed once, by hand, and written to each in one go
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { ASKS, listening, loop, PONG } from './field.mjs'

const messages = Number(process.env.FANOUT_MESSAGES)
const bytes = Number(process.env.FANOUT_BYTES)
const said = Array.from({ length: messages }, (_, place) =>
  Buffer.alloc(bytes, 7).fill(place, 0, 1).fill(messages, 1, 2),
)
const server = createServer()

function withWs() {
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
    client.on('message', (data) => client.send(Buffer.alloc(PONG, data[10])))
    client.on('error', () => {})
    start()
  })
}

function atTheLimit() {
  const sockets = new Set()
  const start = loop(
    () => {
      const frames = Buffer.concat(said.map(frameOf))
      for (const socket of sockets) socket.write(frames)
    },
    () => sockets.size > 0,
  )
  server.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.setNoDelay(true)
    sockets.add(socket)
    // A question is a masked frame: 2 bytes of head, 4 of mask, the payload. They come whole on one machine.
    socket.on('data', (data) => {
      for (let at = 0; at + 6 + ASKS <= data.length; at += 6 + ASKS)
        socket.write(frameOf(Buffer.alloc(PONG, data[at + 16])))
    })
    socket.on('end', () => socket.end())
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    start()
  })
}

/** Makes a binary frame, of less than 126 bytes. */
function frameOf(payload) {
  return Buffer.concat([Buffer.of(0x82, payload.length), payload])
}

if (process.argv[2] === 'limit') atTheLimit()
else withWs()
server.listen(0, () => listening(server))
