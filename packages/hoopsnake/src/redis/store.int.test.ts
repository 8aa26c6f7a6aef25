import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type RedisServer, redisServer } from '../../../../tests/redisServer.ts'
import { logBook } from '../test/contracts/ears.ts'
import { storeContract } from '../test/contracts/store.ts'
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
