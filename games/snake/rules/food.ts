/* Food and stones. Neither is ever put on something, and a full field gets no more. */
import type { Room } from 'hoopsnake'
import type { Mark, Pit } from '../protocol.ts'
import { freeCells } from './board.ts'

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

/** Says what the mark is worth when eaten; 0 if it is no food. */
export function worth(mark: Mark): number {
  return digits.indexOf(mark as (typeof digits)[number]) + 1
}

/** Puts a digit, each of the nine as likely, on a free cell, each as likely. */
export function dropFood(room: Room<Pit>): void {
  drop(room, digits[room.int(digits.length)]!)
}

/** Puts a stone on a free cell. */
export function dropStone(room: Room<Pit>): void {
  drop(room, '#')
}

/** Says yes in `percent` of a hundred cases. */
export function chance(room: Room<Pit>, percent: number): boolean {
  return room.random() * 100 < percent
}

function drop(room: Room<Pit>, mark: Mark): void {
  const free = freeCells(room.state)
  if (free.length > 0) room.state.field.set(free[room.int(free.length)]!, mark)
}
