import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type RedisServer, redisServer } from '../../../../tests/redisServer.ts'
import { logBook } from '../test/contracts/ears.ts'
import { storeContract } from '../test/contracts/store.ts'
import { virtualClock } from '../core/clock.ts'
import { connect } from './connection.ts'
import { redisStore } from './store.ts'

let server: RedisServer
let prefixes = 0

beforeAll(async () => {
  server = await redisServer()
})
afterAll(() => server.stop())

storeContract('redis', async () => {
  const options = { url: server.url, prefix: `*[é] ${prefixes++}:`, log: () => {} }
  const first = await redisStore(options)
  const second = await redisStore(options)
  return { store: first, again: () => second, clean: () => second.close().catch(() => {}) }
})

test('[ST10] servers that share one Redis and prefix share scores, and each name keeps its best', async () => {
  const options = { url: server.url, prefix: `test${prefixes++}:`, log: () => {} }
  const stores = await Promise.all([redisStore(options), redisStore(options)])
  const apart = await redisStore({ ...options, prefix: `test${prefixes++}:` })
  await Promise.all(
    Array.from({ length: 200 }, (_, at) => stores[at % 2]!.record('pit', `Ann ${at % 10}`, (at * 7) % 100)),
  )
  const best = (await stores[0].top('pit', 100)).map(({ name, score }) => [name, score])
  expect(best).toEqual((await stores[1].top('pit', 100)).map(({ name, score }) => [name, score]))
  const wanted = new Map<string, number>()
  for (let at = 0; at < 200; at++) {
    wanted.set(`Ann ${at % 10}`, Math.max(wanted.get(`Ann ${at % 10}`) ?? 0, (at * 7) % 100))
  }
  expect(new Map(best as [string, number][])).toEqual(wanted)
  expect(await apart.top('pit', 100)).toEqual([])
  expect(await apart.keys('')).toEqual([])
  await Promise.all([...stores, apart].map((store) => store.close()))
})

test('[ST10] thousands of keys are all listed', async () => {
  const store = await redisStore({ url: server.url, prefix: `test${prefixes++}:`, log: () => {} })
  const keys = Array.from({ length: 3000 }, (_, at) => `room/${String(at).padStart(4, '0')}`)
  await Promise.all(keys.map((key) => store.put(key, new Uint8Array())))
  expect(await store.keys('room/')).toEqual(keys)
  await store.close()
})

test('[ST11] while Redis is away calls are rejected; once it is back they work', async () => {
  const own = await redisServer()
  onTestFinished(() => own.stop())
  const log = logBook()
  const store = await redisStore({ url: own.url, log: log.log })
  await store.put('a', Uint8Array.of(1))
  await own.crash()
  await expect(store.get('a')).rejects.toThrow(/clos|offline/i)
  await expect(store.record('pit', 'Ann', 1)).rejects.toThrow(/clos|offline/i)
  await own.start()
  await expect.poll(() => store.keys('').catch(() => 'not yet')).toEqual([])
  await store.put('a', Uint8Array.of(2))
  expect(await store.get('a')).toEqual(Uint8Array.of(2))
  expect(log.lines.map(({ message }) => message)).toEqual([
    'the store lost Redis: calls fail until it is back',
    'the store is back',
  ])
  await store.close()
  await own.stop()
  await expect(redisStore({ url: own.url, log: log.log })).rejects.toThrow(/Redis at .* cannot be used/)
})

/** Two servers that share a store: one whose claims are renewed, and one that stands still. */
async function sharers() {
  const log = logBook()
  const clock = virtualClock()
  const prefix = `test${prefixes++}:`
  const standing = await redisStore({ url: server.url, prefix, clock, log: log.log })
  const other = await redisStore({ url: server.url, prefix, log: () => {} })
  const redis = await connect({ url: server.url }, { clock, log: () => {} }, { ready() {}, lost() {} })
  onTestFinished(async () => {
    await Promise.allSettled([standing.close(), other.close(), redis.close(1000)])
  })
  /** Lets the lease of `pit` run out soon, as it does 5 s after the last renewal. */
  const runOut = () => redis.send(['PEXPIRE', `${prefix}rooms:pit`, '300'])
  return { standing, other, clock, log, runOut }
}

test('[ST12] [ST13] the rooms of a game are claimed by one server at a time, in Redis too', async () => {
  const { standing, other } = await sharers()
  await other.claim!('pit')
  await standing.claim!('chess')
  const prefix = /another server has the saved rooms of 'pit' under 'test\d+:'\. .* `prefix` of its own/
  const second = await redisStore({ url: server.url, prefix: `test${prefixes - 1}:`, log: () => {} })
  await expect(second.claim!('pit')).rejects.toThrow(prefix)
  await other.put('room/pit/ABC', Uint8Array.of(1))
  await second.put('scores', Uint8Array.of(2))
  await other.close()
  await second.claim!('pit')
  expect(await second.get('room/pit/ABC')).toEqual(Uint8Array.of(1))
  await second.close()
})

test('[ST13] what a server has claimed that was killed is free a lease later', async () => {
  const { standing, other, runOut } = await sharers()
  await standing.claim!('pit')
  const claiming = other.claim!('pit')
  await runOut()
  await claiming
  await other.put('room/pit/ABC', Uint8Array.of(1))
})

test('[ST13] a server that stood still for so long that another one has its rooms writes none of them', async () => {
  const { standing, other, clock, log, runOut } = await sharers()
  await standing.claim!('pit')
  await standing.put('room/pit/ABC', Uint8Array.of(1))
  await runOut()
  await other.claim!('pit')
  await other.put('room/pit/ABC', Uint8Array.of(2))
  clock.advance(1000)
  for (const write of [
    () => standing.put('room/pit/ABC', Uint8Array.of(3)),
    () => standing.remove('room/pit/ABC'),
  ]) {
    await expect(write()).rejects.toThrow(/another server has the saved rooms of 'pit'/)
  }
  await standing.put('room/chess/ABC', Uint8Array.of(4))
  expect(await other.get('room/pit/ABC')).toEqual(Uint8Array.of(2))
  await expect
    .poll(() => log.lines.map(({ level, message }) => `${level}: ${message}`))
    .toEqual(['error: another server has the saved rooms now: checkpoints are not written here any more'])
  // Nor once that one has gone.
  await other.close()
  await expect(standing.put('room/pit/ABC', Uint8Array.of(3))).rejects.toThrow(/another server/)
})

test('[ST13] a Redis that starts again and has forgotten the claim costs nobody the rooms', async () => {
  const own = await redisServer()
  onTestFinished(() => own.stop())
  const clock = virtualClock()
  const store = await redisStore({ url: own.url, clock, log: () => {} })
  onTestFinished(() => store.close())
  await store.claim!('pit')
  await own.crash()
  clock.advance(1000)
  await own.start()
  await expect.poll(() => store.keys('').catch(() => 'not yet')).toEqual([])
  clock.advance(1000)
  await store.put('room/pit/ABC', Uint8Array.of(1))
  const other = await redisStore({ url: own.url, clock: virtualClock(), log: () => {} })
  onTestFinished(() => other.close())
  let claimed = false
  const claiming = other.claim!('pit').then(() => (claimed = true))
  await other.get('')
  expect(claimed).toBe(false)
  await store.put('room/pit/ABC', Uint8Array.of(2))
  void claiming.catch(() => {})
})
