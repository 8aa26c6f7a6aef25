/* Places on the field. A cell is a number, y × width + x, counted from the top left. */
import type { Dir } from '../protocol.ts'

export interface Place {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

const steps = {
  up: { x: 0, y: -1 },
  right: { x: 1, y: 0 },
  down: { x: 0, y: 1 },
  left: { x: -1, y: 0 },
}

export const directions = ['up', 'right', 'down', 'left'] as const

export const opposite = { up: 'down', right: 'left', down: 'up', left: 'right' } as const

/** Gives the place `cells` away from `from`; it may lie outside of the field. */
export function away(from: Place, to: Dir, cells = 1): Place {
  return { x: from.x + cells * steps[to].x, y: from.y + cells * steps[to].y }
}

/** Brings a place that left the field by one cell back in on the opposite side. */
export function around({ width, height }: Size, { x, y }: Place): Place {
  return { x: (x + width) % width, y: (y + height) % height }
}

/** Says whether a place is on the field, and at least `margin` cells from its border. */
export function inside({ width, height }: Size, { x, y }: Place, margin = 0): boolean {
  return x >= margin && x < width - margin && y >= margin && y < height - margin
}

/** Gives the number of the cell at a place of the field. */
export function cellAt({ width }: Size, { x, y }: Place): number {
  return y * width + x
}
