// Socket.IO over WebSocket alone: each tick one event to everybody.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { born, LENGTH, listening, loop, mayTurn, move } from './field.mjs'

const snakes = new Map()
const gone = []
let last = 0

const server = createServer()
const io = new Server(server, { transports: ['websocket'], serveClient: false })
const line = ([id, { x, y, dir }]) => [id, x, y, dir, LENGTH]

const start = loop(
  () => {
    for (const snake of snakes.values()) move(snake)
    io.emit('tick', [...snakes].map(line), gone.splice(0))
  },
  () => snakes.size > 0,
)

io.on('connection', (socket) => {
  const id = ++last
  const snake = born()
  snakes.set(id, snake)
  socket.emit('full', [...snakes].map(line))
  socket.on('turn', (to) => {
    if (mayTurn(snake.dir, to)) snake.dir = to
  })
  socket.on('disconnect', () => {
    snakes.delete(id)
    gone.push(id)
  })
  start()
})

server.listen(0, () => listening(server))
