import type { Game } from 'hoopsnake/client'
import type { Dir, Pit, PitState } from '../protocol.ts'
import { takenCells } from '../rules/board.ts'
import { away, cellAt, directions, inside } from '../rules/cells.ts'
import type { Place } from '../rules/cells.ts'
import { worth } from '../rules/food.ts'

/** Plays until the snake's score is at least `score`, living again after each death; then steers no more. */
export function eat(game: Game<Pit>, score: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = game.on('state', (frozen) => {
    const state = frozen as PitState
    const snake = state.snakes.get(game.seat)
    if (snake === undefined || snake.life === 'dead') return game.send('play')
    if (snake.life === 'due') return undefined
    if (snake.score < score) return game.send('turn', choice(state, snake))
    stop()
    return resolve()
  })
  game.send('play')
  return promise
}

/** Gives the direction that comes nearest to food without ending on something. */
function choice(state: PitState, head: Place): Dir {
  const taken = takenCells(state)
  const food = [...state.field].filter(([, mark]) => worth(mark) > 0).map(([cell]) => cell)
  for (const cell of food) taken.delete(cell)
  const far = (place: Place): number => {
    if (!inside(state, place) || taken.has(cellAt(state, place))) return Infinity
    const steps = (cell: number) =>
      Math.abs((cell % state.width) - place.x) + Math.abs(Math.floor(cell / state.width) - place.y)
    return Math.min(1000, ...food.map(steps))
  }
  return directions.reduce((best, to) => (far(away(head, to)) < far(away(head, best)) ? to : best))
}
