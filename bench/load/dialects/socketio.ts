/* Socket.IO 4 over WebSocket alone: engine.io's packets begin with a digit, those of Socket.IO with one more. */
import type { Dialect } from '../dialects.ts'
import { jsonWitness, kindOf } from './json.ts'

const digit = (text: string): number => text.charCodeAt(0)
const [OPEN, PING, MESSAGE, EVENT] = [digit('0'), digit('2'), digit('4'), digit('2')]

export const socketio: Dialect = {
  path: () => '/socket.io/?EIO=4&transport=websocket',
  talk: (client) => ({
    take(payload) {
      // 42["tick",…
      if (payload[0] === MESSAGE && payload[1] === EVENT) return kindOf(payload[4])
      if (payload[0] === OPEN) client.sendText('40')
      else if (payload[0] === PING) client.sendText('3')
      return undefined
    },
    turn: (to) => client.sendText(`42["turn",${to}]`),
    leave: () => client.sendText('41'),
  }),
  witness: () => Promise.resolve(jsonWitness(2)),
}
