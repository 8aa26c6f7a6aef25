/* The state of the game in mode open, with snakes that move by its own rules. */
import rooms from '../../games/snake/rooms.open.ts'
import type { PitState } from '../../games/snake/protocol.ts'
import { directions } from '../../games/snake/rules/cells.ts'
import { open } from '../../games/snake/rules/open.ts'
import { layOut, steer, unborn } from '../../games/snake/rules/snake.ts'
import { createRandom } from '../../packages/hoopsnake/src/core/random.ts'
import type { RoomKind } from '../../packages/hoopsnake/src/core/kind.ts'
import { compiled } from '../../packages/hoopsnake/src/server/place/compiled.ts'

/** One of so many snakes turns at each tick: twice a second, at 20 ticks a second. */
const TURNS = 10

/** The kind of room as a place runs it. */
export const kind = compiled(rooms).kinds.get('snake') as RoomKind

/** A field on which everything moves. */
export interface Herd {
  readonly state: PitState
  /** Makes one tick of the rules. */
  readonly move: () => void
}

/** Makes a field of so many snakes; the same ones, with the same turns, each time. */
export function createHerd(snakes: number): Herd {
  const random = createRandom(snakes)
  const state = open.create({} as never, {} as never)
  for (let id = 1; id <= snakes; id++) {
    const snake = unborn(`player ${id}`, id % 6)
    const head = { x: random.int(state.width), y: random.int(state.height) }
    layOut(snake, head, directions[random.int(4)]!, 10)
    state.snakes.set(id, snake)
  }
  return {
    state,
    move() {
      for (const snake of state.snakes.values())
        if (random.int(TURNS) === 0) steer(snake, directions[random.int(4)]!)
      open.tick?.({ state } as never)
    },
  }
}
