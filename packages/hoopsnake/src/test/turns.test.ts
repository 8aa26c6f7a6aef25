/* Noughts and crosses: a game without a beat. It ticks when somebody moves, or when somebody's time is up. */
import { expect, test } from 'vitest'
import { list } from '../wire/list.ts'
import { oneOf } from '../wire/atoms.ts'
import { u8, uint } from '../wire/numbers.ts'
import { protocol } from '../core/protocol.ts'
import { refuse } from '../core/errors.ts'
import type { Room, Rules } from '../core/rules.ts'
import { simulate } from './simulate.ts'

const crosses = protocol('crosses', 1, {
  state: {
    phase: oneOf('waiting', 'playing', 'over'),
    cells: list(oneOf('', 'x', 'o'), 9),
    players: list(uint, 2),
    turn: u8,
    /** The tick by which the one whose turn it is must have moved. */
    deadline: uint,
    winner: uint,
  },
  inputs: { place: u8 },
  events: { timeUp: uint },
})

const lines = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
] as const

function nextTurn(room: Room<typeof crosses>): void {
  room.state.turn = 1 - room.state.turn
  room.state.deadline = room.after('20s')
}

function end(room: Room<typeof crosses>, winner: number): void {
  room.state.phase = 'over'
  room.state.winner = winner
}

const rules: Rules<typeof crosses> = {
  create: () => ({
    phase: 'waiting',
    cells: Array.from({ length: 9 }, () => '' as const),
    players: [],
    turn: 0,
    deadline: 0,
    winner: 0,
  }),
  join(room, seat) {
    const { state } = room
    if (state.phase !== 'waiting') return refuse('STARTED', 'the game has begun')
    state.players.push(seat.id)
    if (state.players.length < 2) return undefined
    state.phase = 'playing'
    state.deadline = room.after('20s')
    return undefined
  },
  inputs: {
    place(room, seat, cell) {
      const { state } = room
      if (state.phase !== 'playing') return refuse('NOT_PLAYING', 'wait for the other player')
      if (state.players[state.turn] !== seat.id) return refuse('NOT_YOUR_TURN', 'it is the turn of the other')
      if (state.cells[cell] !== '') return refuse('TAKEN', 'choose an empty cell, 0 to 8')
      const mark = (['x', 'o'] as const)[state.turn === 0 ? 0 : 1]
      state.cells[cell] = mark
      if (lines.some((line) => line.every((at) => state.cells[at] === mark))) end(room, seat.id)
      else nextTurn(room)
      return undefined
    },
  },
  tick(room) {
    const { state } = room
    if (state.phase !== 'playing' || room.tick < state.deadline) return
    room.broadcast('timeUp', state.players[state.turn]!)
    end(room, state.players[1 - state.turn]!)
  },
}

const room = crosses.room(rules, {
  hz: 'events',
  seats: 2,
  deadline: (state) => (state.phase === 'playing' ? state.deadline : undefined),
})

test('a turn-based game goes by its players', async () => {
  const s = simulate(room, { seed: 1, net: { latency: 40, jitter: 10 } })
  const ann = await s.join({}, { rules })
  const bob = await s.join({}, { rules, code: ann.code })
  expect(await answered(s, ann.ask('place', 4))).toBeNull()
  expect(await answered(s, ann.ask('place', 5))).toMatchObject({ code: 'NOT_YOUR_TURN' })
  expect(await answered(s, bob.ask('place', 4))).toMatchObject({ code: 'TAKEN' })
  for (const [game, cell] of [
    [bob, 0],
    [ann, 3],
    [bob, 1],
    [ann, 5],
  ] as const) {
    expect(await answered(s, game.ask('place', cell))).toBeNull()
  }
  await s.advance(500)
  expect(bob.state).toMatchObject({ phase: 'over', winner: ann.seat })
  expect(s.desyncs()).toEqual([])
  await s.stop()
})

test('[RM5] a deadline falls due though nobody sends anything', async () => {
  const s = simulate(room, { seed: 2, net: { latency: 40 } })
  const ann = await s.join({}, { rules })
  const bob = await s.join({}, { rules, code: ann.code })
  const late: number[] = []
  bob.on('timeUp', (seat) => late.push(seat))
  await s.advance(19_000)
  expect(ann.state.phase).toBe('playing')
  await s.advance(1500)
  expect(ann.state).toMatchObject({ phase: 'over', winner: bob.seat })
  expect(late).toEqual([ann.seat])
  // Over is over: the deadline that was served wakes nobody again.
  const { tick } = s.room(ann.code)
  await s.advance(60_000)
  expect(s.room(ann.code).tick).toBe(tick)
  await s.stop()
})

/** Lets time pass until the answer is there. */
async function answered<T>(s: { advance(ms: number): Promise<void> }, answer: Promise<T>): Promise<T> {
  await s.advance(300)
  return answer
}
