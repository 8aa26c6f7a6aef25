/* How a bot finds its way: to the nearest digit, and never into a hole that is smaller than itself if it can help it. */
import type { Dir } from '../protocol.ts'
import { away, cellAt, directions, inside } from './cells.ts'
import type { Size } from './cells.ts'

/** What a bot sees of the field. Cells are counted from the top left, y × width + x. */
export interface Look extends Size {
  readonly head: number
  /** Where it looks. */
  readonly to: Dir
  /** How many cells it has. */
  readonly length: number
  /** By cell: 1 where going is death. */
  readonly blocked: Uint8Array
  readonly food: readonly number[]
}

/** How far ahead a bot plans, in cells. */
const AHEAD = 3

/** Gives the next directions to go in, three at most; none where every way is death. */
export function findWay(look: Look): Dir[] {
  const roomy = directions
    .map((to) => ({ to, cell: next(look, look.head, to) }))
    .filter((step): step is Step => step.cell !== undefined)
    .map((step) => ({ ...step, room: reach(look, step.cell).size }))
    // Among equals straight on: a bot that sees no food does not turn in circles.
    .sort((a, b) => b.room - a.room || Number(b.to === look.to) - Number(a.to === look.to))
  const [widest] = roomy
  if (widest === undefined) return []
  const way = shortest(look)
  const first = roomy.find(({ to }) => to === way[0])
  return first !== undefined && first.room >= Math.min(look.length, widest.room)
    ? way.slice(0, AHEAD)
    : [widest.to]
}

interface Step {
  readonly to: Dir
  readonly cell: number
}

/** Gives the directions of a shortest way to the nearest digit; none where none can be reached. */
function shortest(look: Look): Dir[] {
  const food = new Set(look.food)
  for (const [cell, came] of reach(look, look.head)) {
    if (!food.has(cell)) continue
    const way: Dir[] = []
    for (let at: Origin | undefined = came; at !== undefined; at = at.before) way.push(at.to)
    return way.reverse()
  }
  return []
}

/** By which direction a cell was reached, and how the cell was that it was reached from. */
interface Origin {
  readonly to: Dir
  readonly before: Origin | undefined
}

/** Finds every cell that can be reached from a cell, nearest first, and how. */
function reach(look: Look, from: number): Map<number, Origin | undefined> {
  // A Map gives what was put in while it is gone through: its own queue.
  const reached = new Map<number, Origin | undefined>([[from, undefined]])
  for (const [cell, before] of reached) {
    for (const to of directions) {
      const other = next(look, cell, to)
      if (other !== undefined && !reached.has(other)) reached.set(other, { to, before })
    }
  }
  return reached
}

/** Gives the cell in a direction; undefined where going there is death. */
function next(look: Look, cell: number, to: Dir): number | undefined {
  const place = away({ x: cell % look.width, y: Math.floor(cell / look.width) }, to)
  if (!inside(look, place)) return undefined
  const other = cellAt(look, place)
  return look.blocked[other] === 1 ? undefined : other
}
