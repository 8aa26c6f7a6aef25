/*
 * 2. A loop on request. Nothing runs until somebody comes: the first one starts the loop of a room, others join that
 * room, and when the last one leaves the loop stops. Who makes a room of its own (New room) starts a second loop.
 *
 * Watch the log: one line for each start and each stop. A room that stays empty for 5 seconds is closed.
 */
import { rooms, type Rules } from 'hoopsnake'
import { serve } from 'hoopsnake/server'
import { echo } from '../echo.ts'
import { talk, type Talk } from '../protocol.ts'
import { hz, seconds, settings } from '../settings.ts'

const rules: Rules<Talk> = {
  ...echo,
  join(room) {
    if (room.state.players === 0) console.log(`${room.code}: the first one is here, the loop starts`)
    echo.join(room)
  },
  leave(room) {
    echo.leave(room)
    if (room.state.players === 0) console.log(`${room.code}: the last one left, the loop stops`)
  },
  tick(room) {
    if (room.tick % 20 === 0) room.broadcast('said', 'tick')
  },
}

const session = talk.room(rules, { hz, closeEmptyAfter: seconds(5) })
const server = await serve({ rooms: rooms(import.meta.url, { session }), ...settings })
console.log(`Loops that run while somebody is there: ${server.url}`)
await server.done
