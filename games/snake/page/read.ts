import type { PitState, Snake as PitSnake } from '../protocol.ts'
import { cellsOf } from '../rules/snake.ts'
import type { Scene, Snake } from './scene.ts'

/** What the reader's own snake is taken from, if it is predicted: the state the browser has computed ahead. */
export interface Ahead {
  readonly state: PitState
  readonly me: number
}

/** Makes a scene of a state of the room; the reader's own snake as `predicted` has it. */
export function sceneOf(state: PitState, predicted?: Ahead): Scene {
  const snakes: Snake[] = []
  for (const [id, snake] of state.snakes) {
    const own = predicted?.me === id ? predicted.state.snakes.get(id) : undefined
    // Of life and death the server alone decides: a death that it did not see is none.
    const ahead = own?.life === 'alive' && snake.life === 'alive'
    snakes.push(ahead ? snakeOf(state, id, own) : remembered(state, id, snake))
  }
  return {
    world: { width: state.width, height: state.height, torus: state.mode === 'open' },
    phase: state.phase,
    marks: state.field,
    snakes,
    top: state.top,
  }
}

// What the server told of a snake stays as it is: a change is another object.
const known = new WeakMap<PitSnake, Snake>()

function remembered(state: PitState, id: number, snake: PitSnake): Snake {
  const before = known.get(snake)
  if (before) return before
  const made = snakeOf(state, id, snake)
  known.set(snake, made)
  return made
}

function snakeOf(state: PitState, id: number, snake: PitSnake): Snake {
  const { name, bot, color, life, score, turns } = snake
  const cells = life === 'alive' ? cellsOf(state, snake) : []
  return { id, name, bot, color, life, score, cells, turns }
}
