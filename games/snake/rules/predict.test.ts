/* What a browser, which knows no chance, foresees with the same rules. */
import type { Room } from 'hoopsnake'
import { expect, test } from 'vitest'
import { pit } from '../protocol.ts'
import type { Mark, Pit, PitState } from '../protocol.ts'
import { stage } from '../test/stage.ts'
import { directions } from './cells.ts'
import { classic } from './classic.ts'
import { worth } from './food.ts'

class Unforeseen extends Error {}

/** Makes the next tick on a copy of the state, as far as that goes without chance. */
function foresee(room: Room<Pit>): PitState {
  const state = pit.state.copy(room.state)
  const random = (): never => {
    throw new Unforeseen()
  }
  const guess = { ...room, state, random, int: random, broadcast() {}, later() {} } as Room<Pit>
  try {
    classic.tick!(guess)
  } catch (error) {
    if (!(error instanceof Unforeseen)) throw error
  }
  return state
}

const alive = ({ snakes }: PitState, seats: Set<number>) => [...snakes].filter(([seat]) => seats.has(seat))
const corpses = ({ field }: PitState) =>
  [...field].filter(([, mark]: [number, Mark]) => worth(mark) === 0 && mark !== '#')

test('every move and every death is foreseen; births, food and stones come from the server', () => {
  const game = stage(classic, { seed: 3 })
  game.still = false
  const seats = Array.from({ length: 10 }, () => game.join())
  for (let i = 0; i < 300; i++) {
    for (const seat of seats) {
      if (game.room.int(4) === 0) game.play(seat)
      if (game.room.int(3) === 0) game.turn(seat, directions[game.room.int(4)]!)
    }
    const living = new Set(
      [...game.state.snakes].filter(([, { life }]) => life === 'alive').map(([seat]) => seat),
    )
    const guess = foresee(game.room)
    game.tick()
    expect(alive(guess, living)).toEqual(alive(game.state, living))
    expect(corpses(guess)).toEqual(corpses(game.state))
  }
  expect(game.deaths.length).toBeGreaterThan(50)
})
