// ws and JSON: each tick one text is made, and sent to every client as the documentation of ws broadcasts. Told `bytes`,
// it makes bytes of the text once, which ws otherwise does for each client: faster, but nobody is told to.
import { createServer } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import { born, LENGTH, listening, loop, mayTurn, move } from './field.mjs'

const asBytes = process.argv[2] === 'bytes'
const snakes = new Map()
const gone = []
let last = 0

const server = createServer()
const wss = new WebSocketServer({ server, perMessageDeflate: false })
const line = ([id, { x, y, dir }]) => [id, x, y, dir, LENGTH]

const start = loop(
  () => {
    for (const snake of snakes.values()) move(snake)
    const text = JSON.stringify(['tick', [...snakes].map(line), gone.splice(0)])
    const data = asBytes ? Buffer.from(text) : text
    for (const client of wss.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false })
    }
  },
  () => snakes.size > 0,
)

wss.on('connection', (client) => {
  const id = ++last
  const snake = born()
  snakes.set(id, snake)
  client.send(JSON.stringify(['full', [...snakes].map(line)]))
  client.on('message', (data) => {
    const to = JSON.parse(data)
    if (mayTurn(snake.dir, to)) snake.dir = to
  })
  client.on('error', () => {})
  client.on('close', () => {
    snakes.delete(id)
    gone.push(id)
  })
  start()
})

server.listen(0, () => listening(server))
