/*
 * 1. A loop. It runs from start-up on, whether anybody is there or not, and tells everybody `tick` every 2 seconds.
 *
 * Watch: keys are answered between the ticks (see ../echo.ts). Who leaves is gone, and the others' ticks go on,
 * however rudely it left.
 */
import { rooms, type Rules } from 'hoopsnake'
import { serve } from 'hoopsnake/server'
import { echo } from '../echo.ts'
import { talk, type Talk } from '../protocol.ts'
import { hz, settings } from '../settings.ts'

const rules: Rules<Talk> = {
  ...echo,
  tick(room) {
    if (room.tick % 20 === 0) room.broadcast('said', 'tick')
  },
}

const hall = talk.room(rules, { hz, always: true })
const server = await serve({ rooms: rooms(import.meta.url, { hall }), ...settings })
console.log(`A loop that always runs: ${server.url}`)
await server.done
