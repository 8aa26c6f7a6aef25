import { afterEach, expect, test } from 'vitest'
import { yard, yardRules } from '../../../../tests/yard.ts'
import type { Game } from '../client/index.ts'
import type { Rules } from '../core/rules.ts'
import type { Simulation } from './index.ts'
import { simulate } from './index.ts'

/** Who came back to a seat, by the rules. */
let back: number[]

const rules: Rules<typeof yard> = { ...yardRules, back: (_, seat) => void back.push(seat.id) }

let s: Simulation<typeof yard>

afterEach(() => s.stop())

test('[CL23] a server that stands still for five seconds is not stormed by its own clients', async () => {
  back = []
  s = simulate(yard.room(rules, { hz: 20, seats: 64 }), { seed: 5, net: { latency: 30, jitter: 20 } })
  const games: Game<typeof yard>[] = []
  for (let i = 0; i < 30; i++) games.push(await s.join({ name: `r${i}` }))
  await s.advance(2000)
  const seen = games.map((game) => {
    const all: string[] = []
    game.when('status', (status) => all.push(status))
    return all
  })
  const dials = s.dials
  s.stall(5000)
  await s.advance(4900)
  expect(games.filter(({ status }) => status === 'away')).toHaveLength(30)
  // One spare line each, which says nothing.
  expect(s.dials - dials).toBe(30)
  await s.advance(1000)
  expect(games.filter(({ status }) => status === 'live')).toHaveLength(30)
  expect(new Set(seen.map((all) => all.join()))).toEqual(new Set(['away,live']))
  expect(s.dials - dials).toBe(30)
  expect(back).toEqual([])
  await s.advance(10_000)
  expect(s.dials - dials).toBe(30)
  expect(s.desyncs()).toEqual([])
})

test('[CL23] a server that stands still for half a second is not noticed', async () => {
  s = simulate(yard.room(rules, { hz: 20 }), { net: { latency: 30 } })
  const ann = await s.join({ name: 'Ann' })
  const { dials } = s
  await s.advance(2000)
  s.stall(500)
  ann.send('jump', 5)
  await s.advance(3000)
  expect([ann.status, s.dials - dials]).toEqual(['live', 0])
  expect(s.room().state.runners.get(1)!.at).toBe(5)
})

test('[CL22] a server that stands still again before it has moved takes everything in its order', async () => {
  s = simulate(yard.room(yardRules, { hz: 20 }), { net: { latency: 30, jitter: 20 } })
  const ann = await s.join({ name: 'Ann' })
  const asked: Promise<unknown>[] = []
  for (let i = 0; i < 30; i++) {
    s.stall(40 + ((i * 37) % 90))
    asked.push(ann.ask('jump', 1))
    await s.advance(25)
  }
  await s.advance(3000)
  expect(ann.reason).toBeUndefined()
  expect(await Promise.all(asked)).toEqual(asked.map(() => null))
  expect(s.room().state.runners.get(1)!.at).toBe(30)
})
