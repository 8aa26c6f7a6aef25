/* Bots on the real machine. */
import { simulate } from 'hoopsnake/test'
import { expect, test } from 'vitest'
import { botsOf } from './bots.ts'
import work from './jobs.ts'
import { pit } from './protocol.ts'
import { classicPit } from './room.classic.ts'
import { bots, withBots } from './rules/bots.ts'
import { classic } from './rules/classic.ts'
import { eat } from './test/bot.ts'

const kind = pit.room(withBots(classic, 2), { ...classicPit.options, load: async () => [] } as never)

test('bots play on a bad network as well: nobody sees what was not, and nothing fails', async () => {
  const s = simulate(kind, { seed: 9, net: { latency: 80, jitter: 30, loss: 0.02 }, jobs: work })
  const ann = await s.join({ name: 'Ann' }, { rules: classic })
  void eat(ann, 20)
  let most = 0
  for (let i = 0; i < 120; i++) {
    await s.advance(500)
    most = Math.max(most, ...bots(s.room().state as never).map(([, { score }]) => score))
  }
  expect(most).toBeGreaterThan(0)
  expect(s.room().seats.size).toBe(1)
  expect(s.desyncs()).toEqual([])
  expect(s.logged).toEqual([])
  expect(ann.state.top.every(({ name }) => name === 'Ann')).toBe(true)
  await s.stop()
})

test('bots keep no room awake: not for those who watch, not when the last person has gone', async () => {
  const s = simulate(kind, { seed: 2, jobs: work })
  const eve = await s.watch()
  await s.advance(5000)
  expect([s.room().tick, s.room().state.snakes.size]).toEqual([0, 0])
  const ann = await s.join({ name: 'Ann' })
  void ann.ask('play')
  await s.advance(2000)
  expect(eve.state.snakes.size).toBe(3)
  void ann.leave()
  await s.advance(1000)
  const { tick } = s.room()
  await s.advance(20_000)
  expect(s.room().tick).toBe(tick)
  expect(eve.state.phase).toBe('over')
  void eve.leave()
  await s.advance(61_000)
  expect(() => s.room()).toThrow('there is no room')
  await s.stop()
})

test('a number of bots is 0 to 9', () => {
  expect([botsOf('0'), botsOf('9')]).toEqual([0, 9])
  for (const wrong of ['10', '-1', 'two', '1.5', ''])
    expect(() => botsOf(wrong)).toThrow(/give a number from 0 to 9/)
})
