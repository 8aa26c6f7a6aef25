import type { Dir } from '../protocol.ts'

/** What there is to see, as the page draws it: cells are numbered x + y × width. */
export interface Scene {
  readonly world: World
  readonly phase: 'waiting' | 'playing' | 'over'
  /** Food, stones and corpses: the character that each shows. */
  readonly marks: ReadonlyMap<number, string>
  /** In the order of birth. */
  readonly snakes: readonly Snake[]
  readonly top: readonly Score[]
}

/** The field, in cells. */
export interface World {
  readonly width: number
  readonly height: number
  /** Whether who leaves on one side comes in on the other; otherwise the field has walls. */
  readonly torus: boolean
}

export interface Snake {
  /** The seat of its player. */
  readonly id: number
  readonly name: string
  /** Whether the server steers it. */
  readonly bot: boolean
  /** Index into {@link colours}. */
  readonly color: number
  /** due: is born at the next tick. */
  readonly life: 'due' | 'alive' | 'dead'
  readonly score: number
  /** From head to tail; none unless alive. */
  readonly cells: readonly number[]
  /** The turns that wait, next one first. */
  readonly turns: readonly Dir[]
}

export interface Score {
  readonly name: string
  readonly score: number
}

/** A place, or a way from one to another. */
export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** One step in each direction; y grows downwards. */
export const steps: Readonly<Record<Dir, Point>> = {
  up: { x: 0, y: -1 },
  right: { x: 1, y: 0 },
  down: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
}

/** Gives the place of a cell. */
export function placeOf(world: World, cell: number): Point {
  return { x: cell % world.width, y: Math.floor(cell / world.width) }
}

/** Takes `value` around a ring of `size`, into 0 … size − 1. */
export function around(value: number, size: number): number {
  return ((value % size) + size) % size
}
