/* How a snake comes into the world. */
import type { Room } from 'hoopsnake'
import type { Dir, Pit, PitState, Snake } from '../protocol.ts'
import { takenCells } from './board.ts'
import { away, cellAt, directions, inside, opposite } from './cells.ts'
import type { Place } from './cells.ts'
import { worth } from './food.ts'
import { layOut } from './snake.ts'

/** How many cells a newborn has. */
const LENGTH = 3
/** How many cells lie between a newborn and the border, at least. */
const MARGIN = 5
/** How many cells in front of a newborn are free of stones, corpses and snakes, at least. */
const CLEAR = 3

/** Where a snake may be born: the place of its head, and where it looks. */
export interface Cradle extends Place {
  readonly to: Dir
}

/** Finds, one after the other, the ways in which a snake can be born now; none where the field is too crowded. */
export function* cradles(state: PitState): Generator<Cradle, undefined> {
  const taken = takenCells(state)
  for (let y = MARGIN; y < state.height - MARGIN; y++) {
    for (let x = MARGIN; x < state.width - MARGIN; x++) {
      for (const to of directions) if (fits(state, taken, { x, y, to })) yield { x, y, to }
    }
  }
}

/** Brings a snake to life in one of the cradles, each as likely. Says no, and does nothing, where there is none. */
export function born(room: Room<Pit>, snake: Snake): boolean {
  const free = [...cradles(room.state)]
  if (free.length === 0) return false
  const { to, ...head } = free[room.int(free.length)]!
  layOut(snake, head, to, LENGTH)
  return true
}

function fits(state: PitState, taken: Set<number>, cradle: Cradle): boolean {
  const { to } = cradle
  if (!inside(state, away(cradle, opposite[to], LENGTH - 1), MARGIN)) return false
  const head = cellAt(state, cradle)
  const stride = cellAt(state, away({ x: 0, y: 0 }, to))
  for (let back = 0; back < LENGTH; back++) if (taken.has(head - back * stride)) return false
  for (let ahead = 1; ahead <= CLEAR; ahead++) {
    const cell = head + ahead * stride
    const mark = state.field.get(cell)
    if (taken.has(cell) && (mark === undefined || worth(mark) === 0)) return false
  }
  return true
}
