// The least that Node can do: bare sockets, one frame packed by hand, written as it is to each.
//
// full    u8 1 · (u8 x · u8 y)*
// tick    u8 2 · u16 tick · (2 bits direction)*
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { born, listening, loop, mayTurn, move } from './field.mjs'

const snakes = new Map()
let changed = false
let tick = 0

const server = createServer()

const start = loop(
  () => {
    for (const snake of snakes.values()) move(snake)
    tick++
    const frame = changed ? full() : moves()
    changed = false
    for (const socket of snakes.keys()) socket.write(frame)
  },
  () => snakes.size > 0,
)

function full() {
  const frame = frameFor(1 + 2 * snakes.size)
  let at = frame.length - 2 * snakes.size
  frame[at - 1] = 1
  for (const { x, y } of snakes.values()) {
    frame[at++] = x
    frame[at++] = y
  }
  return frame
}

function moves() {
  const bytes = Math.ceil(snakes.size / 4)
  const frame = frameFor(3 + bytes)
  const start = frame.length - bytes
  frame[start - 3] = 2
  frame.writeUInt16LE(tick & 0xffff, start - 2)
  let place = 0
  for (const { dir } of snakes.values()) {
    frame[start + (place >> 2)] |= dir << (2 * (place & 3))
    place++
  }
  return frame
}

/** Makes a binary frame with its head, the payload still zero. */
function frameFor(length) {
  if (length > 0xffff) throw new RangeError('too many snakes for one frame')
  const head = length < 126 ? 2 : 4
  const frame = Buffer.alloc(head + length)
  frame[0] = 0x82
  frame[1] = length < 126 ? length : 126
  if (head === 4) frame.writeUInt16BE(length, 2)
  return frame
}

server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  socket.setNoDelay(true)
  const snake = born()
  snakes.set(socket, snake)
  changed = true
  // A turn is a masked frame of one byte: 2 bytes of head, 4 of mask, 1 of payload. They come whole on one machine.
  socket.on('data', (data) => {
    for (let at = 0; at + 7 <= data.length; at += 7) {
      const to = data[at + 6] ^ data[at + 2]
      if (mayTurn(snake.dir, to)) snake.dir = to
    }
  })
  // An upgraded socket stays open until both ends have closed.
  socket.on('end', () => socket.end())
  socket.on('error', () => {})
  socket.on('close', () => {
    snakes.delete(socket)
    changed = true
  })
  start()
})

server.listen(0, () => listening(server))
