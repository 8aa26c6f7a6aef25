/* The game on the real machine: host, room, clients with prediction, a bad network; no sockets, virtual time. */
import { memoryStore } from 'hoopsnake'
import { simulate } from 'hoopsnake/test'
import { expect, test } from 'vitest'
import type { Dir, PitState } from './protocol.ts'
import { classicPit } from './room.classic.ts'
import { openPit } from './room.open.ts'
import { classic } from './rules/classic.ts'
import { open } from './rules/open.ts'
import { eat } from './test/bot.ts'

const bad = { latency: 80, jitter: 30, loss: 0.02 }
const away = { up: 'left', left: 'down', down: 'right', right: 'up' } as const

/** The snake of a seat, as the server has it. */
const snakeOf = (state: PitState, seat: number) => state.snakes.get(seat)!

test('name, watch, play, die, play again: over a bad network nobody ever sees what was not', async () => {
  const s = simulate(classicPit, { seed: 3, net: bad })
  const watcher = await s.watch()
  const games = [
    await s.join({ name: 'Ann' }, { rules: classic }),
    await s.join({ name: '\u200bBob' }, { rules: classic }),
    await s.join({ name: 'Cat' }),
  ]
  expect(games.map((game) => game.mine.name)).toEqual(['Ann', 'Bob', 'Cat'])
  expect(watcher.state.phase).toBe('waiting')
  const deaths = new Set<string>()
  for (const game of games) {
    game.on('died', ({ seat }, tick) => void deaths.add(`${seat} at ${tick}`))
    void eat(game, 12)
  }
  await s.advance(120_000)
  expect(watcher.state.top.length).toBeGreaterThan(0)
  expect(deaths.size).toBeGreaterThan(2)
  expect(s.desyncs()).toEqual([])
  expect(s.logged).toEqual([])
  await s.stop()
})

test('the loop sleeps before the first birth and after the last death', async () => {
  const s = simulate(classicPit, { seed: 5 })
  const ann = await s.join({ name: 'Ann' })
  await s.advance(10_000)
  const { tick } = s.room()
  await s.advance(10_000)
  expect(s.room().tick).toBe(tick)
  void ann.ask('play')
  // From any place, straight on, the border is near.
  await s.advance(25_000)
  expect(ann.state.phase).toBe('over')
  const over = s.room().tick
  expect(over).toBeGreaterThan(tick)
  await s.advance(10_000)
  expect(s.room().tick).toBe(over)
  void ann.ask('play')
  await s.advance(1000)
  expect(s.room().state).toMatchObject({ phase: 'playing' })
  await s.stop()
})

test('[bug 1] two keys in one tick are two turns, on the server and in the prediction', async () => {
  const s = simulate(openPit, { seed: 2 })
  const ann = await s.join({ name: 'Ann' }, { rules: open })
  void ann.ask('play')
  await s.ticks(5)
  const to = snakeOf(s.room().state, ann.seat).body.last!
  const keys: Dir[] = [away[to], away[away[to]]]
  for (const key of keys) ann.send('turn', key)
  await s.ticks(4)
  const body = [...snakeOf(s.room().state, ann.seat).body]
  const first = body.indexOf(keys[0]!)
  expect(body[first - 1]).toBe(to)
  expect(body[first + 1]).toBe(keys[1])
  expect(s.desyncs()).toEqual([])
  await s.stop()
})

test('[bug 6] inputs from those who may not are answered with a code, and change nothing', async () => {
  const s = simulate(classicPit)
  const ann = await s.join({ name: 'Ann' })
  const answer = ann.ask('turn', 'up')
  await s.advance(1000)
  expect((await answer)?.code).toBe('NOT_ALIVE')
  await expect(s.join({ name: ' \u202e ' })).rejects.toMatchObject({
    code: 'NAME_EMPTY',
    message: 'A name needs at least one visible character.',
  })
  expect([...s.room().seats.keys()]).toEqual([ann.seat])
  await s.stop()
})

test('[bug 7] a player who vanished does not live for ever', async () => {
  const s = simulate(classicPit, { seed: 4 })
  const watcher = await s.watch()
  const ann = await s.join({ name: 'Ann' })
  void ann.ask('play')
  await s.advance(1000)
  expect(watcher.state.snakes.has(ann.seat)).toBe(true)
  s.drop(ann)
  s.cut(ann)
  await s.advance(32_000)
  expect(s.room().seats.size).toBe(0)
  expect(watcher.state).toMatchObject({ phase: 'over', snakes: new Map() })
  await s.stop()
})

test('[bug 8] the loop does not drift: 100 seconds are 2,000 ticks at 20 Hz', async () => {
  const s = simulate(openPit)
  const ann = await s.join({ name: 'Ann' })
  void ann.ask('play')
  await s.advance(1000)
  const { tick } = s.room()
  await s.advance(100_000)
  expect(s.room().tick - tick).toBe(2000)
  await s.stop()
})

test('[bug 9] a kill loses no score, and a stop not even the snake', async () => {
  const store = memoryStore()
  const s = simulate(classicPit, { seed: 6, store, net: { latency: 20 } })
  const ann = await s.join({ name: 'Ann' }, { rules: classic })
  void eat(ann, 1)
  for (let i = 0; i < 600 && ann.state.top.length === 0; i++) await s.advance(500)
  const { top } = ann.state
  expect(top).toMatchObject([{ name: 'Ann' }])
  await s.restart('killed')
  await s.advance(10_000)
  expect(ann.state.top).toEqual(top)

  void ann.ask('play')
  await s.advance(1500)
  const before = snakeOf(s.room().state, ann.seat)
  expect(before.life).toBe('alive')
  await s.restart('stopped')
  await s.advance(1500)
  expect(ann.status).toBe('live')
  expect(snakeOf(s.room().state, ann.seat).body.last).toBe(before.body.last)
  expect(s.desyncs()).toEqual([])
  await s.stop()
})
