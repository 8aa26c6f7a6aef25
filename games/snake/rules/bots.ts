/* Bots: company for who plays alone. They have no seat, keep nobody awake, and write nothing into the table. */
import { job } from 'hoopsnake'
import type { Outcome, Room, Rules } from 'hoopsnake'
import { COLORS } from '../protocol.ts'
import type { Dir, Pit, PitState, Score, Snake, Way } from '../protocol.ts'
import { takenCells } from './board.ts'
import { cellAt } from './cells.ts'
import { chance, worth } from './food.ts'
import type { Look } from './path.ts'
import { cellsOf, unborn } from './snake.ts'

/** What the bots are called, and how many there may be. */
export const names = ['Ouro', 'Boros', 'Hoop', 'Asp', 'Naga', 'Kaa', 'Mamba', 'Adder', 'Viper'] as const

/** The number of the first bot among the snakes: no seat will ever have it. */
const FIRST = 2 ** 32
/** In percent, for each tick: a bot that died comes again. */
const AGAIN = 10

/** Finds the way of a bot; done in `../jobs.ts`. */
export const findPath = job<Look, Dir[]>('findPath')

/**
 * Adds up to so many bots to the rules. With people they make one more than that many snakes: alone one meets all of
 * them, and each further person takes the place of one. Where no person's snake lives, there are none.
 */
export function withBots(rules: Rules<Pit, Score[]>, most: number): Rules<Pit, Score[]> {
  if (most === 0) return rules
  return {
    ...rules,
    tick(room) {
      rules.tick?.(room)
      if (room.state.phase !== 'playing') return
      invite(room, Math.max(0, Math.min(most, most + 1 - people(room.state))))
      for (const [id, bot] of bots(room.state)) if (bot.life === 'alive') think(room, id, bot)
    },
  }
}

/** Counts the people whose snakes live, or are about to be born. */
export function people(state: PitState): number {
  let count = 0
  for (const snake of state.snakes.values()) if (!snake.bot && snake.life !== 'dead') count++
  return count
}

/** Lists the bots that live, or are about to be born, with their numbers. */
export function bots(state: PitState): [number, Snake][] {
  return [...state.snakes].filter(([, snake]) => snake.bot && snake.life !== 'dead')
}

/** Takes the last bot off the field. It leaves nothing behind. */
export function makeWay(state: PitState): void {
  const [id] = bots(state).at(-1)!
  state.snakes.delete(id)
}

/** Ends the bots' part in a round. */
export function dismiss(state: PitState): void {
  for (const [, bot] of bots(state)) {
    bot.life = 'dead'
    bot.turns = []
  }
}

/** Makes a bot go the way that was found, unless it has gone on meanwhile. */
export function follow({ state }: Room<Pit>, outcome: Outcome<Way>): void {
  if (!outcome.ok) return
  const { bot: id, x, y, turns } = outcome.value
  const bot = state.snakes.get(id)
  if (bot?.bot === true && bot.life === 'alive' && bot.x === x && bot.y === y) bot.turns = turns
}

/** Lets bots come and go until there are so many. Who has died comes again after a while, the others at once. */
function invite(room: Room<Pit>, wanted: number): void {
  const { snakes } = room.state
  let here = bots(room.state).length
  for (; here > wanted; here--) makeWay(room.state)
  for (let n = 0; n < wanted && here < wanted; n++) {
    const before = snakes.get(FIRST + n)
    if (before !== undefined && before.life !== 'dead') continue
    if (before !== undefined && !chance(room, AGAIN)) continue
    snakes.delete(FIRST + n)
    // Colours from the other end: people begin with the first one.
    snakes.set(FIRST + n, { ...unborn(`bot ${names[n]}`, COLORS - 1 - (n % COLORS)), bot: true })
    here++
  }
}

/** Has a way found before the last one is at its end. */
function think(room: Room<Pit>, id: number, bot: Snake): void {
  if (bot.turns.length > 1) return
  const { x, y } = bot
  const look = lookOf(room.state, bot)
  room.later(async ({ jobs }) => ({ bot: id, x, y, turns: await jobs.run(findPath, look) }), 'way')
}

function lookOf(state: PitState, bot: Snake): Look {
  const { width, height, field } = state
  const food = [...field].filter(([, mark]) => worth(mark) > 0).map(([cell]) => cell)
  const blocked = new Uint8Array(width * height)
  for (const cell of takenCells(state)) blocked[cell] = 1
  for (const cell of food) blocked[cell] = 0
  const head = cellAt(state, bot)
  return { width, height, head, to: bot.body.last!, length: cellsOf(state, bot).length, blocked, food }
}
