/* What stands on the field. */
import type { PitState } from '../protocol.ts'
import { cellsOf } from './snake.ts'

/** Says whether a living snake, from head to tail, is on the cell. */
export function snakeOn(state: PitState, cell: number): boolean {
  for (const snake of state.snakes.values()) {
    if (snake.life === 'alive' && cellsOf(state, snake).includes(cell)) return true
  }
  return false
}

/** Gives all cells on which something stands: food, a stone, a corpse, a living snake. */
export function takenCells(state: PitState): Set<number> {
  const taken = new Set(state.field.keys())
  for (const snake of state.snakes.values()) {
    if (snake.life === 'alive') for (const cell of cellsOf(state, snake)) taken.add(cell)
  }
  return taken
}

/** Lists the cells on which nothing stands, the first row and the first column among them. */
export function freeCells(state: PitState): number[] {
  const taken = takenCells(state)
  const free: number[] = []
  for (let cell = 0; cell < state.width * state.height; cell++) if (!taken.has(cell)) free.push(cell)
  return free
}

/** Counts the snakes that live, and those about to be born. */
export function living(state: PitState): number {
  let count = 0
  for (const snake of state.snakes.values()) if (snake.life !== 'dead') count++
  return count
}
