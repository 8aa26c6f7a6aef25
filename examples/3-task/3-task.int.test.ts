import { expect, test } from 'vitest'
import { player, type Player } from '../test/player.ts'
import { start } from '../test/program.ts'
import { rate, stays } from '../test/watching.ts'

const [S, R, F] = [83, 82, 70]
const ticks = (one: Player): number => one.lines.filter(({ text }) => text === 'tick').length
const times = (one: Player, text: string): number => one.lines.filter((line) => line.text === text).length

/** Ticks per second, one loop at a time. */
const HZ = 5

async function expectOneLoop(one: Player): Promise<void> {
  const perSecond = await rate(() => ticks(one), 1500)
  expect(perSecond).toBeGreaterThan(0.5 * HZ)
  expect(perSecond).toBeLessThan(1.5 * HZ)
}

test('S stops the loop at once, which is no failure, and R runs exactly one again', async () => {
  await using program = await start('3-task')
  using ann = await player(program.url)
  await ann.hears(/^tick$/, 2)
  expect((await ann.press(S)).text).toBe('Pressed key code: 83')
  await ann.hears(/^The loop was stopped\.$/)
  await stays(() => ticks(ann), 1000)
  // Stopping what has ended does nothing more.
  await ann.press(S)
  expect((await ann.press(65)).text).toBe('Pressed key code: 65')
  await ann.press(R)
  await ann.hears(/^tick$/, 2, ann.lines.length)
  await expectOneLoop(ann)
  expect([times(ann, 'The loop was stopped.'), program.said(/failed/)]).toEqual([1, []])
})

test('a failure is told to everybody, in every room, and to the log, once; the loop runs again after it', async () => {
  await using program = await start('3-task')
  using ann = await player(program.url)
  using bob = await player(program.url)
  using cid = await player(program.url, { fresh: true })
  const all = [ann, bob, cid]
  await Promise.all(all.map((one) => one.hears(/^tick$/)))
  for (let round = 1; round <= 3; round++) {
    await bob.press(F)
    await Promise.all(all.map((one) => one.hears(/^The loop failed: F was pressed$/, round)))
    await stays(() => ticks(ann), 500)
    await ann.press(R)
    await Promise.all(all.map((one) => one.hears(/^tick$/, 1, one.lines.length)))
    for (const one of all) expect(times(one, 'The loop failed: F was pressed')).toBe(round)
    expect(program.said(/failed/)).toEqual(
      Array.from({ length: round }, () => 'The loop failed: F was pressed'),
    )
  }
  await expectOneLoop(cid)
  expect([times(ann, 'The loop was stopped.'), times(cid, 'Somebody pressed F.')]).toEqual([0, 0])
  expect(await program.end()).toBe(0)
})

test('stopped and run in one turn, and run again and again, it is one loop', async () => {
  await using program = await start('3-task')
  using ann = await player(program.url)
  for (let round = 0; round < 10; round++) for (const key of [S, R, R]) ann.game.send('key', key)
  await ann.hears(/^Pressed/, 30)
  await ann.hears(/^tick$/, 1, ann.lines.length)
  await expectOneLoop(ann)
  ann.game.send('key', S)
  await stays(() => ticks(ann), 1000)
  expect(program.said(/failed/)).toEqual([])
})
