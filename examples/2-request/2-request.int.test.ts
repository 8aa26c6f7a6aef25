import { expect, test } from 'vitest'
import { player } from '../test/player.ts'
import { start, type Program } from '../test/program.ts'
import { gapsOf, PERIOD } from '../test/ticks.ts'
import { rate, stays } from '../test/watching.ts'

const HZ = 100
const ticks = async (program: Program): Promise<number> => (await program.counts()).ticks
const starts = (program: Program): number => program.said(/the loop starts$/).length
const stops = (program: Program): number => program.said(/the loop stops$/).length

test('nothing runs before somebody comes', async () => {
  await using program = await start('2-request')
  expect(await stays(() => program.counts(), 500)).toMatchObject({ rooms: 0, ticks: 0 })
  expect(starts(program)).toBe(0)
})

test('the first one starts one loop, the second joins it, and it stops after the last', async () => {
  await using program = await start('2-request')
  const ann = await player(program.url)
  const bob = await player(program.url)
  expect(bob.game.code).toBe(ann.game.code)
  await Promise.all([ann.hears(/^tick$/, 3), bob.hears(/^tick$/, 3)])
  expect(gapsOf(ann.lines)).toEqual([PERIOD])
  expect([await program.counts(), starts(program), stops(program)]).toMatchObject([
    { rooms: 1, seats: 2 },
    1,
    0,
  ])
  await ann.game.leave()
  await bob.hears(/^tick$/, 2, bob.lines.length)
  expect(gapsOf(bob.lines)).toEqual([PERIOD])
  await bob.game.leave()
  await expect.poll(() => stops(program)).toBe(1)
  expect(await program.counts()).toMatchObject({ rooms: 1, seats: 0, connections: 0 })
  await stays(() => ticks(program), 300)
  // And the room closes.
  await expect.poll(async () => (await program.counts()).rooms).toBe(0)
})

test('who comes back starts exactly one: while the room is still there, and after', async () => {
  await using program = await start('2-request')
  const ann = await player(program.url)
  const { code } = ann.game
  await ann.game.leave()
  await expect.poll(() => stops(program)).toBe(1)
  const again = await player(program.url)
  expect([again.game.code, starts(program)]).toEqual([code, 2])
  await again.hears(/^tick$/, 3)
  expect(gapsOf(again.lines)).toEqual([PERIOD])
  await again.game.leave()
  await expect.poll(async () => (await program.counts()).rooms).toBe(0)
  using anew = await player(program.url)
  expect(anew.game.code).not.toBe(code)
  expect([(await program.counts()).rooms, starts(program)]).toEqual([1, 3])
  await anew.hears(/^tick$/, 3)
  expect(gapsOf(anew.lines)).toEqual([PERIOD])
})

test('who comes in the moment in which the last one leaves finds one loop: not two, not none', async () => {
  await using program = await start('2-request')
  let ann = await player(program.url)
  for (let round = 0; round < 60; round++) {
    const [next] = await Promise.all([player(program.url), ann.game.leave()])
    ann = next
    await ann.press(65)
    expect(await program.counts()).toMatchObject({ rooms: 1, seats: 1 })
  }
  expect(starts(program) - stops(program)).toBe(1)
  await ann.hears(/^tick$/, 3)
  expect(gapsOf(ann.lines)).toEqual([PERIOD])
  const perSecond = await rate(() => ticks(program), 1000)
  expect(perSecond).toBeGreaterThan(0.5 * HZ)
  expect(perSecond).toBeLessThan(1.5 * HZ)
  await ann.game.leave()
})

test('one player makes a room, others join it by its code; what is in it stays in it', async () => {
  await using program = await start('2-request')
  using ann = await player(program.url)
  using bob = await player(program.url, { fresh: true })
  using cid = await player(program.url, { code: bob.game.code.toLowerCase() })
  expect(cid.game.code).toBe(bob.game.code)
  expect(bob.game.code).not.toBe(ann.game.code)
  expect([await program.counts(), starts(program)]).toMatchObject([{ rooms: 2, seats: 3 }, 2])
  bob.game.send('say', 'among us')
  await Promise.all([bob, cid].map((one) => one.hears(/^Player 1: among us$/)))
  await Promise.all([ann, bob, cid].map((one) => one.hears(/^tick$/, 3)))
  for (const { lines } of [ann, bob, cid]) expect(gapsOf(lines)).toEqual([PERIOD])
  expect(ann.lines.some(({ text }) => text.includes('among us'))).toBe(false)
  await Promise.all([bob.game.leave(), cid.game.leave()])
  await expect.poll(() => stops(program)).toBe(1)
  await ann.hears(/^tick$/, 2, ann.lines.length)
  await expect(player(program.url, { code: 'NOSUCH' })).rejects.toMatchObject({ code: 'UNKNOWN_ROOM' })
})
