// Colyseus 0.18. `flat`: what a snake is but its body, which clients know from the moves. `arr`: the body too, cell by cell.
import { defineRoom, defineServer, Room } from '@colyseus/core'
import { Encoder, schema, t } from '@colyseus/schema'
import { WebSocketTransport } from '@colyseus/ws-transport'
import { createServer } from 'node:http'
import { born, HZ, LENGTH, listening, mayTurn, move, SIDE } from './field.mjs'

// As it asks for where a state is large.
Encoder.BUFFER_SIZE = 1024 * 1024

const withBody = process.argv[2] === 'arr'

const flat = {
  x: t.uint8(),
  y: t.uint8(),
  dir: t.uint8(),
  score: t.uint16(),
  length: t.uint16(),
  alive: t.boolean(),
}
const Snake = schema(withBody ? { ...flat, body: t.array('uint16') } : flat, 'Snake')
const Field = schema({ snakes: t.map(Snake) }, 'Field')

class FieldRoom extends Room {
  state = new Field()
  patchRate = 1000 / HZ

  messages = {
    turn: (client, to) => {
      const snake = this.state.snakes.get(client.sessionId)
      if (snake !== undefined && mayTurn(snake.dir, to)) snake.dir = to
    },
  }

  onCreate() {
    this.setFixedTimestep(() => this.step(), HZ)
  }

  step() {
    for (const snake of this.state.snakes.values()) {
      move(snake)
      if (!withBody) continue
      snake.body.push(snake.y * SIDE + snake.x)
      snake.body.shift()
    }
  }

  onJoin(client) {
    const snake = new Snake()
    Object.assign(snake, born(), { score: 0, length: LENGTH, alive: true })
    for (let link = 0; withBody && link < LENGTH; link++) snake.body.push(snake.y * SIDE + snake.x)
    this.state.snakes.set(client.sessionId, snake)
  }

  onLeave(client) {
    this.state.snakes.delete(client.sessionId)
  }
}

const http = createServer()
const server = defineServer({
  rooms: { field: defineRoom(FieldRoom) },
  transport: new WebSocketTransport({ server: http }),
  greet: false,
})
await server.listen(0)
listening(http)
