import { expect, test } from 'vitest'
import { player, type Line, type Player } from '../test/player.ts'
import { gone, lives, start } from '../test/program.ts'
import { gapsOf, PERIOD } from '../test/ticks.ts'
import { wireTo } from '../test/wire.ts'

/** The number that the other process gave to each of its messages. */
function numbers(one: Player): number[] {
  return one.lines.flatMap(({ text }) => /^Process \d+ says (\d+)$/.exec(text)?.slice(1).map(Number) ?? [])
}

async function otherProcess(one: Player): Promise<number> {
  const [{ text }] = (await one.hears(/^Process \d+ says \d+$/)) as [Line]
  return Number(/\d+/.exec(text)![0])
}

test('a room is told of a message, a tick, a timer and another process, each as it comes', async () => {
  await using program = await start('4-wait')
  using ann = await player(program.url)
  const { tick } = await ann.press(65)
  await ann.hears(/^tick$/, 2)
  expect(await otherProcess(ann)).not.toBe(program.pid)
  const silence = await ann.hears(/^Nobody has pressed a key/)
  // 5 seconds, at ten times the speed: 50 ticks, and not one more.
  expect(silence.map((line) => line.tick)).toEqual([tick + 50])
  // A key puts the timer off.
  await ann.press(66)
  const last = await ann.press(67)
  const [, second] = await ann.hears(/^Nobody has pressed a key/, 2)
  expect(second!.tick).toBe(last.tick + 50)
})

test('of a flood of everything nothing is lost, and all is in order', async () => {
  await using program = await start('4-wait')
  using ann = await player(program.url)
  using bob = await player(program.url)
  // Of more than 100 at once without an answer the client itself says no.
  const codes = Array.from({ length: 100 }, (_, i) => i + 1)
  for (const code of codes) ann.game.send('key', code)
  await ann.hears(/^Pressed/, codes.length)
  await Promise.all([ann, bob].map((one) => one.hears(/^Process/, 3)))
  const answers = ann.lines.filter(({ text }) => text.startsWith('Pressed'))
  expect(answers.map(({ text }) => text)).toEqual(codes.map((code) => `Pressed key code: ${code}`))
  for (const one of [ann, bob]) {
    expect(gapsOf(one.lines)).toEqual([PERIOD])
    const [first = 0] = numbers(one)
    expect(numbers(one)).toEqual(numbers(one).map((_, i) => first + i))
  }
})

test('who leaves takes nothing with it: the ticks of the others go on', async () => {
  await using program = await start('4-wait')
  await using bad = await wireTo(program.url)
  using ann = await player(program.url)
  for (const url of [program.url, bad.url, program.url]) {
    const bob = await player(url)
    await bob.hears(/^tick$/)
    if (url === bad.url) bad.cut()
    else await bob.game.leave()
    await ann.hears(/^tick$/, 3, ann.lines.length)
  }
  expect(gapsOf(ann.lines)).toEqual([PERIOD])
  await ann.hears(/^Process/, numbers(ann).length + 1)
})

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'the other process does not outlive a server ended by %s',
  async (by) => {
    await using program = await start('4-wait')
    using ann = await player(program.url)
    const other = await otherProcess(ann)
    expect(lives(other)).toBe(true)
    expect(await program.end(by)).toBe(by === 'SIGTERM' ? 0 : by)
    await gone([other])
  },
)

test('the end of the other process is told, and nothing else ends', async () => {
  await using program = await start('4-wait')
  using ann = await player(program.url)
  process.kill(await otherProcess(ann), 'SIGKILL')
  await ann.hears(/^The other process ended/)
  await ann.hears(/^tick$/, 2, ann.lines.length)
  await ann.press(65)
  expect(await program.end()).toBe(0)
})
