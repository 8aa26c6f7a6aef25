/* How a snake turns and moves. Everything here is the same on the server and in the browser: no chance in it. */
import { Trail } from 'hoopsnake'
import type { Dir, Snake } from '../protocol.ts'
import { around, away, cellAt, opposite } from './cells.ts'
import type { Place, Size } from './cells.ts'

/** How many turns may be waiting. */
const TURNS = 3

/** Makes a snake that is about to be born. */
export function unborn(name: string, color: number): Snake {
  return {
    name,
    bot: false,
    color,
    score: 0,
    life: 'due',
    x: 0,
    y: 0,
    growth: 0,
    turns: [],
    body: new Trail(),
  }
}

/** Brings a snake to life: stretched out straight, its head at `head`, looking `to`. */
export function layOut(snake: Snake, head: Place, to: Dir, cells: number): void {
  snake.life = 'alive'
  snake.x = head.x
  snake.y = head.y
  for (let link = 1; link < cells; link++) snake.body.push(to)
}

/**
 * Keeps a turn for the tick it will be made at, one tick for each.
 *
 * It is judged by where the snake will be looking then: by the turn before it, or by the move last made. A turn back
 * on itself, or one to where it looks anyway, is ignored; so is one for which there is no place in the queue.
 */
export function steer(snake: Snake, to: Dir): void {
  const before = snake.turns.at(-1) ?? looking(snake)
  if (to !== before && to !== opposite[before] && snake.turns.length < TURNS) snake.turns.push(to)
}

/** Says where the snake goes in this tick: by the turn that waits longest, or straight on. */
export function goes(snake: Snake): Dir {
  return snake.turns.shift() ?? looking(snake)
}

/** Moves the snake by one cell; its tail stays where it is as long as there is growth left. */
export function crawl(snake: Snake, to: Dir, head: Place): void {
  if (snake.growth > 0) snake.growth--
  else snake.body.drop()
  snake.body.push(to)
  snake.x = head.x
  snake.y = head.y
}

/** Lists the cells of a snake from head to tail, also where it lies over the border. */
export function cellsOf(size: Size, snake: Snake): number[] {
  let place: Place = snake
  const cells = [cellAt(size, place)]
  for (let back = 1; back <= snake.body.length; back++) {
    place = around(size, away(place, opposite[snake.body.at(-back)!]))
    cells.push(cellAt(size, place))
  }
  return cells
}

/** Gives the direction of the move last made. */
function looking(snake: Snake): Dir {
  return snake.body.last!
}
