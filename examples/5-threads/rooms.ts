import { threadId } from 'node:worker_threads'
import { rooms, type Rules } from 'hoopsnake'
import { echo } from '../echo.ts'
import { talk, type Talk } from '../protocol.ts'
import { hz, seconds } from '../settings.ts'
import { block } from './jobs.ts'

const rules: Rules<Talk> = {
  ...echo,
  create() {
    console.log(`The room ticks on thread ${threadId}.`)
    return echo.create()
  },
  // Every 2 seconds the loop asks for work that blocks for one; its answer is the tick.
  tick(room) {
    if (room.tick % 20 !== 0) return
    const asked = room.tick
    room.later(async ({ jobs }) => {
      const thread = await jobs.run(block, seconds(1))
      return `tick (asked for at ${asked}; blocked thread ${thread}; this room is on thread ${threadId})`
    }, 'worked')
  },
}

export default rooms(import.meta.url, { hall: talk.room(rules, { hz }) })
