/* Snakepit, the classic game, rule by rule. In words for players: RULES.md. */
import { refuse } from 'hoopsnake'
import type { Room, Rules } from 'hoopsnake'
import type { Cause, Mark, Pit, PitState, Score, Snake } from '../protocol.ts'
import { born, cradles } from './birth.ts'
import { living, snakeOn } from './board.ts'
import { bots, dismiss, follow, makeWay, people } from './bots.ts'
import { away, cellAt, inside } from './cells.ts'
import { chance, dropFood, dropStone, worth } from './food.ts'
import { saveScore, showScores } from './scores.ts'
import { colorOf, join, mine } from './seats.ts'
import { cellsOf, crawl, goes, steer, unborn } from './snake.ts'

const WIDTH = 50
const HEIGHT = 25
/** How many snakes may live at once. Any number may watch. */
const MOST = 10
/** In percent, for each living snake and tick. */
const FOOD = 6
/** In percent, for each tick. */
const STONE = 6

export const classic: Rules<Pit, Score[]> = {
  create: (_room, { loaded }) => ({
    mode: 'classic',
    phase: 'waiting',
    width: WIDTH,
    height: HEIGHT,
    field: new Map(),
    snakes: new Map(),
    top: loaded,
  }),

  mine,

  // Who has a name may take a seat, and sees the scores of all pits.
  join(room, seat, ask) {
    const refused = join(room, seat, ask)
    if (refused === undefined) showScores(room)
    return refused
  },

  // Who comes back may come back after a crash: the state is then some seconds old, the store is not.
  back: showScores,

  // Who leaves, dies; the corpse stays.
  leave(room, seat) {
    const snake = room.state.snakes.get(seat.id)
    if (snake?.life === 'alive') die(room, seat.id, snake, 'left')
    room.state.snakes.delete(seat.id)
    endRound(room.state)
  },

  inputs: {
    // Asks to be born at the next tick, for the first time or at once after death.
    play(room, seat) {
      const { state } = room
      const snake = state.snakes.get(seat.id)
      if (snake !== undefined && snake.life !== 'dead') return refuse('ALREADY_ALIVE', 'your snake lives')
      const full = living(state) >= MOST
      // A bot gives way to a person.
      if (full && bots(state).length === 0)
        return refuse('FULL', `${MOST} snakes live already; one has to die first`)
      // The first snake begins a round, on an empty field.
      if (state.phase !== 'playing') beginRound(state)
      else if (cradles(state).next().done)
        return refuse('NO_ROOM', 'the field is too crowded for another snake')
      if (full) makeWay(state)
      // Deleted first: who is born again comes after those who lived on.
      state.snakes.delete(seat.id)
      state.snakes.set(seat.id, unborn(seat.mine.name, colorOf(seat)))
      return undefined
    },

    turn(room, seat, to) {
      const snake = room.state.snakes.get(seat.id)
      if (snake?.life !== 'alive') return refuse('NOT_ALIVE', 'only a living snake turns')
      steer(snake, to)
      return undefined
    },
  },

  tick(room) {
    const { state } = room
    const alive = [...state.snakes].filter(([, snake]) => snake.life === 'alive')
    // One after the other, in the order of birth.
    for (const [seat, snake] of alive) move(room, seat, snake)
    endRound(state)
    if (state.phase !== 'playing') return

    // From here on chance decides, and a browser cannot foresee it.
    births(room)
    for (const [, snake] of alive) if (snake.life === 'alive' && chance(room, FOOD)) dropFood(room)
    if (chance(room, STONE)) dropStone(room)
  },

  results: {
    scores(room, outcome) {
      if (outcome.ok) room.state.top = outcome.value
    },
    way: follow,
  },
}

/** Moves a snake by one cell, or ends it. */
function move(room: Room<Pit>, seat: number, snake: Snake): void {
  const { state } = room
  const to = goes(snake)
  const next = away(snake, to)
  const cell = cellAt(state, next)

  // Out of the field: death.
  if (!inside(state, next)) return die(room, seat, snake, 'wall')
  // A snake, even one's own, even the tip of a tail that is about to leave: death.
  if (snakeOn(state, cell)) return die(room, seat, snake, 'snake')
  const mark = state.field.get(cell)
  if (mark === undefined) return crawl(snake, to, next)
  // A stone or a corpse: death.
  if (worth(mark) === 0) return die(room, seat, snake, mark === '#' ? 'stone' : 'corpse')
  // A digit: counts at once, and makes longer from the following move on.
  crawl(snake, to, next)
  state.field.delete(cell)
  snake.score += worth(mark)
  snake.growth += worth(mark)
}

/** Turns a snake into a corpse, which stays until the round ends, and saves its score. */
function die(room: Room<Pit>, seat: number, snake: Snake, by: Cause): void {
  const cells = cellsOf(room.state, snake)
  for (const [index, cell] of cells.entries()) room.state.field.set(cell, remains(index, cells.length))
  snake.life = 'dead'
  snake.turns = []
  room.broadcast('died', { seat, by })
  saveScore(room, snake)
}

function remains(index: number, length: number): Mark {
  if (index === 0) return 'x'
  return index === length - 1 ? '+' : '@'
}

/** Lets those who are due be born, each with a digit somewhere on the field for a birthday present. */
function births(room: Room<Pit>): void {
  const snakes = [...room.state.snakes.values()]
  for (const snake of snakes) if (snake.life === 'due' && born(room, snake)) dropFood(room)
  // On a crowded field one waits for a place; when nobody lives any more it is cleared, for the next tick.
  if (!snakes.some((snake) => snake.life === 'alive')) room.state.field.clear()
}

function beginRound(state: PitState): void {
  state.phase = 'playing'
  state.field.clear()
  state.snakes.clear()
}

/** When the last snake of a person has died, the game is over. */
function endRound(state: PitState): void {
  if (state.phase !== 'playing' || people(state) > 0) return
  dismiss(state)
  state.phase = 'over'
}
