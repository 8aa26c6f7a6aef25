import { expect, test } from 'vitest'
import { player, type Line } from '../test/player.ts'
import { start, type Program } from '../test/program.ts'

const answer = /^tick \(asked for at (\d+); blocked thread (\d+); this room is on thread (\d+)\)$/

/** Gives what a line of the log says of a thread. */
function thread(program: Program, pattern: RegExp): number {
  return Number(pattern.exec(program.said(pattern)[0] ?? '')?.[1])
}

test('sockets, room and blocking work are on three threads, and the log says which', async () => {
  await using program = await start('5-threads')
  using ann = await player(program.url)
  const [{ text }] = (await ann.hears(answer)) as [Line]
  const [, , blocked, room] = answer.exec(text)!.map(Number)
  expect(thread(program, /^The sockets are on thread (\d+)\.$/)).toBe(0)
  expect(thread(program, /^The room ticks on thread (\d+)\.$/)).toBe(room)
  expect(thread(program, /^Blocking thread (\d+) for 100 ms\.$/)).toBe(blocked)
  expect(new Set([0, room, blocked]).size).toBe(3)
})

test('keys are answered while a thread is blocked for a second', async () => {
  await using program = await start('5-threads', { SPEED: '1' })
  using ann = await player(program.url)
  const blocking = (): number => program.said(/^Blocking thread \d+ for 1000 ms\.$/).length
  const ticks = (): number => ann.lines.filter(({ text }) => answer.test(text)).length
  await expect.poll(blocking).toBe(1)
  for (const code of [65, 66, 67]) await ann.press(code)
  // All three before the work was done.
  expect(ticks()).toBe(0)
  await ann.hears(answer)
})

test('every piece of work is answered, in order, and who leaves stops nothing for the others', async () => {
  await using program = await start('5-threads')
  using ann = await player(program.url)
  const bob = await player(program.url)
  await bob.hears(answer)
  await bob.game.leave()
  await ann.hears(answer, 6)
  const asked = ann.lines.flatMap(({ text }) => answer.exec(text)?.slice(1, 2).map(Number) ?? [])
  expect(asked).toEqual(asked.map((_, i) => asked[0]! + 20 * i))
})

test('SIGTERM ends it while a thread is blocked', async () => {
  await using program = await start('5-threads', { SPEED: '1' })
  using ann = await player(program.url)
  await expect.poll(() => program.said(/^Blocking/).length).toBe(1)
  await ann.press(65)
  expect(await program.end()).toBe(0)
})
