import { afterAll, beforeAll, expect, test } from 'vitest'
import { redisServer, type RedisServer } from '../../tests/redisServer.ts'
import { player, type Line, type Player } from '../test/player.ts'
import { gone, lives, start, type Program } from '../test/program.ts'
import { stays } from '../test/watching.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await redisServer()
})
afterAll(() => redis.stop())

const serve = (): Promise<Program> => start('6-scale', { REDIS_URL: redis.url })

const found = /^Process (\d+) found (\d+) primes below (\d+)\.$/
const pidsIn = (one: Player): number[] => [
  ...new Set(one.lines.flatMap(({ text }) => found.exec(text)?.slice(1, 2).map(Number) ?? [])),
]

async function players(one: Player, count: number): Promise<void> {
  await expect.poll(() => one.game.state.players).toBe(count)
}

test('heavy work goes to another process and comes back; keys are answered meanwhile', async () => {
  await using program = await serve()
  using ann = await player(program.url)
  await ann.press(1)
  const [{ text }] = (await ann.hears(/below 10000\.$/)) as [Line]
  const [, pid, count] = found.exec(text)!.map(Number)
  expect([lives(pid!), pid === program.pid, count]).toEqual([true, false, 1229])
  // By tick as well.
  await ann.hears(/ 9592 primes below 100000\.$/, 2)
  // About a second of work.
  await ann.press(200)
  for (const code of [65, 66]) await ann.press(code)
  expect(ann.lines.some((line) => line.text.endsWith('below 2000000.'))).toBe(false)
  await ann.hears(/ 148933 primes below 2000000\.$/)
})

test('a child that is killed is replaced, and the work goes on', async () => {
  await using program = await serve()
  using ann = await player(program.url)
  await ann.hears(found)
  const [first] = pidsIn(ann)
  process.kill(first!, 'SIGKILL')
  await expect.poll(() => pidsIn(ann).length).toBe(2)
  await gone([first!])
  await ann.press(65)
})

test.each(['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGABRT'] as const)(
  'no child outlives a server ended by %s, not even a busy one',
  async (by) => {
    await using program = await serve()
    using ann = await player(program.url)
    await ann.hears(found)
    const [child] = pidsIn(ann)
    // Busy for longer than the test waits.
    await ann.press(60_000)
    expect(lives(child!)).toBe(true)
    expect(await program.end(by)).toBe(by === 'SIGKILL' || by === 'SIGABRT' ? by : 0)
    await gone([child!])
  },
)

test('two servers share a chat and the number of players; a dead one is forgotten', async () => {
  await using one = await serve()
  await using two = await serve()
  using ann = await player(one.url)
  using bob = await player(two.url)
  const cid = await player(two.url)
  expect(ann.game.code).not.toBe(bob.game.code)
  await Promise.all([ann, bob].map((who) => players(who, 3)))
  bob.game.send('say', 'hello over there')
  for (const who of [ann, bob, cid]) await who.hears(/^\w+ 1: hello over there$/)
  await cid.game.leave()
  await Promise.all([ann, bob].map((who) => players(who, 2)))
  // Who leaves stops nothing for the others.
  await ann.hears(found, 2, ann.lines.length)
  await two.end('SIGKILL')
  await players(ann, 1)
  await stays(() => ann.game.state.players, 500)
  await ann.press(65)
})

test('without Redis it says what is wrong', async () => {
  await expect(start('6-scale', { REDIS_URL: 'redis://127.0.0.1:1' })).rejects.toThrow(
    /Redis at 127\.0\.0\.1:1/,
  )
})
