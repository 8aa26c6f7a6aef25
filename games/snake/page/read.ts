import type { PitState, Snake as PitSnake } from '../protocol.ts'
import { cellsOf } from '../rules/snake.ts'
import type { Scene, Snake } from './scene.ts'

/** What the reader's own snake is taken from, if it is predicted: the state the browser has computed ahead. */
export interface Ahead {
  readonly state: PitState
  readonly me: number
}

/** Makes a scene of a state of the room; the reader's own snake as `ahead` has it. */
export function sceneOf(state: PitState, ahead?: Ahead): Scene {
  const snakes: Snake[] = []
  for (const [id, snake] of state.snakes) {
    const own = ahead?.me === id ? ahead.state.snakes.get(id) : undefined
    // Of life and death the server alone decides: a death that it did not see is none.
    snakes.push(snakeOf(state, id, own?.life === 'alive' && snake.life === 'alive' ? own : snake))
  }
  return {
    world: { width: state.width, height: state.height, torus: state.mode === 'open' },
    phase: state.phase,
    marks: state.field,
    snakes,
    top: state.top,
  }
}

function snakeOf(state: PitState, id: number, snake: PitSnake): Snake {
  const { name, color, life, score, turns } = snake
  const cells = life === 'alive' ? cellsOf(state, snake) : []
  return { id, name, color, life, score, cells, turns }
}
