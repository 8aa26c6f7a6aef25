import { afterEach, expect, test } from 'vitest'
import type { Game } from '../client/index.ts'
import { protocol } from '../core/protocol.ts'
import { createRandom } from '../core/random.ts'
import type { Rules } from '../core/rules.ts'
import { nothing } from '../wire/atoms.ts'
import { uint } from '../wire/numbers.ts'
import type { Simulation } from './index.ts'
import { simulate } from './index.ts'

/** A room that numbers all it tells, some of it for one seat and some for everybody. */
const news = protocol('news', 1, {
  state: { last: uint },
  inputs: { speak: uint, rest: nothing },
  events: { all: uint, one: uint },
})

const rules: Rules<typeof news> = {
  create: () => ({ last: 0 }),
  inputs: {
    /** Says nine things; bit i of `whom`: the i-th is for everybody. */
    speak(room, seat, whom) {
      for (let i = 0; i < 9; i++) {
        room.state.last += 1
        if ((whom >> i) & 1) room.broadcast('all', room.state.last)
        else room.send(seat, 'one', room.state.last)
      }
    },
    rest() {},
  },
}

let s: Simulation<typeof news>

afterEach(() => s.stop())

const listen = (game: Game<typeof news>): number[] => {
  const heard: number[] = []
  game.on('all', (n) => heard.push(n))
  game.on('one', (n) => heard.push(n))
  return heard
}

test('[SE10] what a handler sends and what it broadcasts is heard in its order', async () => {
  s = simulate(news.room(rules))
  const [ann, bob] = [await s.join({}), await s.join({})]
  const [heard, others] = [listen(ann), listen(bob)]
  ann.send('speak', 0b010_110_010)
  ann.send('speak', 0b101_001_101)
  await s.ticks(2)
  expect(heard).toEqual(Array.from({ length: 18 }, (_, i) => i + 1))
  expect(others).toEqual([2, 5, 6, 8, 10, 12, 13, 16, 18])
})

test('[CL5] who awaits a simulated game hears what was told with its first state', async () => {
  const greeting: Rules<typeof news> = { ...rules, join: (room, seat) => room.send(seat, 'one', 42) }
  s = simulate(news.room(greeting))
  const heard = listen(await s.join({}))
  await s.ticks(1)
  expect(heard).toEqual([42])
})

test.each([1, 2, 3, 4, 5])('[SE10] the same over lost lines and with few frames (seed %i)', async (seed) => {
  const net = { latency: 60, jitter: 40, loss: 0.05 }
  s = simulate(news.room(rules, { hz: 60, send: 20 }), { seed, net })
  const ann = await s.join({})
  const heard = listen(ann)
  const random = createRandom(seed)
  let applied = 0
  for (let i = 0; i < 60; i++) {
    void ann.ask('speak', random.int(512)).then((no) => (applied += no === null ? 1 : 0))
    if (random.int(6) === 0) s.drop(ann)
    await s.advance(random.int(150))
  }
  await s.advance(8000)
  expect(applied).toBeGreaterThan(30)
  expect(heard).toEqual(Array.from({ length: 9 * applied }, (_, i) => i + 1))
})
