import { expect, test } from 'vitest'
import { player, type Line } from '../test/player.ts'
import { start } from '../test/program.ts'
import { gapsOf, PERIOD, ticksOf } from '../test/ticks.ts'
import { wireTo } from '../test/wire.ts'

test('the loop runs before anybody is there', async () => {
  await using program = await start('1-loop')
  await expect.poll(async () => (await program.counts()).ticks).toBeGreaterThan(2 * PERIOD)
  expect(await program.counts()).toMatchObject({ rooms: 1, seats: 0, connections: 0 })
})

test('everybody gets every tick, as people have it every 2 seconds', async () => {
  await using program = await start('1-loop', { SPEED: '1' })
  using ann = await player(program.url)
  using bob = await player(program.url)
  const began = performance.now()
  const heard = await Promise.all([ann.hears(/^tick$/, 3), bob.hears(/^tick$/, 3)])
  const took = performance.now() - began
  expect(gapsOf(heard[0])).toEqual([PERIOD])
  expect(ticksOf(heard[1])).toEqual(ticksOf(heard[0]))
  // Two whole periods, and at most one more that had begun.
  expect(took).toBeGreaterThan(3900)
  expect(took).toBeLessThan(9000)
})

test('a key is answered between the ticks, to who pressed it alone', async () => {
  await using program = await start('1-loop')
  using ann = await player(program.url)
  using bob = await player(program.url)
  const [{ tick }] = (await ann.hears(/^tick$/)) as [Line]
  const codes = [65, 66, 13, 65_535]
  const answers = []
  for (const code of codes) answers.push(await ann.press(code))
  expect(answers.map(({ text }) => text)).toEqual(codes.map((code) => `Pressed key code: ${code}`))
  for (const answer of answers) expect(answer.tick).toBeGreaterThan(tick)
  await bob.hears(/^tick$/, 2)
  expect(bob.lines.filter(({ text }) => text !== 'tick')).toEqual([])
  expect(gapsOf(ann.lines)).toEqual([PERIOD])
})

test('a leaver is gone, and the others get all their ticks', async () => {
  await using program = await start('1-loop')
  using ann = await player(program.url)
  const bob = await player(program.url)
  await bob.hears(/^tick$/)
  await bob.game.leave()
  await expect.poll(() => program.counts()).toMatchObject({ seats: 1, connections: 1 })
  await ann.hears(/^tick$/, 3, ann.lines.length)
  expect(gapsOf(ann.lines)).toEqual([PERIOD])
  expect(ann.game.state.players).toBe(1)
})

test('sockets that die or freeze end nothing for the others', async () => {
  await using program = await start('1-loop')
  await using bad = await wireTo(program.url)
  await using stiff = await wireTo(program.url)
  using ann = await player(program.url)
  for (const url of [bad.url, bad.url, stiff.url, stiff.url]) await (await player(url)).hears(/^tick$/)
  stiff.freeze()
  bad.cut()
  await ann.hears(/^tick$/, 5, ann.lines.length)
  await ann.press(65)
  expect(gapsOf(ann.lines)).toEqual([PERIOD])
  expect(program.said(/ error /)).toEqual([])
})

test('SIGTERM ends it in good order', async () => {
  await using program = await start('1-loop')
  using ann = await player(program.url)
  await ann.hears(/^tick$/)
  expect(await program.end()).toBe(0)
})
