/* The open field: as many snakes as there are seats, no border, no death, nothing to eat. */
import { refuse } from 'hoopsnake'
import type { Rules } from 'hoopsnake'
import type { Pit } from '../protocol.ts'
import { around, away, directions } from './cells.ts'
import { colorOf, join, mine } from './seats.ts'
import { crawl, goes, layOut, steer, unborn } from './snake.ts'

const SIDE = 128
/** How many cells a snake has, always. */
const LENGTH = 10

export const open: Rules<Pit> = {
  create: () => ({
    mode: 'open',
    phase: 'waiting',
    width: SIDE,
    height: SIDE,
    field: new Map(),
    snakes: new Map(),
    top: [],
  }),

  mine,
  join,

  leave({ state }, seat) {
    state.snakes.delete(seat.id)
    if (state.snakes.size === 0) state.phase = 'waiting'
  },

  inputs: {
    play(room, seat) {
      const { state } = room
      if (state.snakes.has(seat.id)) return refuse('ALREADY_ALIVE', 'your snake lives')
      const snake = unborn(seat.mine.name, colorOf(seat))
      const head = { x: room.int(state.width), y: room.int(state.height) }
      layOut(snake, head, directions[room.int(directions.length)]!, LENGTH)
      state.snakes.set(seat.id, snake)
      state.phase = 'playing'
      return undefined
    },

    turn({ state }, seat, to) {
      const snake = state.snakes.get(seat.id)
      if (snake === undefined) return refuse('NOT_ALIVE', 'only a living snake turns')
      steer(snake, to)
      return undefined
    },
  },

  // What leaves the field on one side comes back on the other; snakes pass through each other.
  tick({ state }) {
    for (const snake of state.snakes.values()) {
      const to = goes(snake)
      crawl(snake, to, around(state, away(snake, to)))
    }
  },

  results: {
    scores() {},
    way() {},
  },
}
