import { createClient } from '@redis/client'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type RedisServer, redisServer } from '../../../../tests/redisServer.ts'
import type { Bus } from '../core/bus.ts'
import { virtualClock } from '../core/clock.ts'
import { busContract } from '../test/contracts/bus.ts'
import { bytes, ear, type LogBook, logBook, settle } from '../test/contracts/ears.ts'
import { redisBus, type RedisBusOptions } from './bus.ts'

let server: RedisServer
let prefixes = 0

beforeAll(async () => {
  server = await redisServer()
})
afterAll(() => server.stop())

interface Two {
  readonly bus: Bus
  readonly other: Bus
  readonly log: LogBook
}

/** Makes two buses: two servers. They end with the test. */
async function two(url: string): Promise<Two> {
  const log = logBook()
  const prefix = `test${prefixes++}:`
  return { bus: await end({ url, prefix, log: log.log }), other: await end({ url, prefix }), log }
}

/** Makes a bus that ends with the test. */
async function end(options: RedisBusOptions): Promise<Bus> {
  const bus = await redisBus({ log: () => {}, ...options })
  onTestFinished(() => bus.close())
  return bus
}

/** Starts a server that the test may kill, and that ends with it. */
async function ownServer(): Promise<RedisServer> {
  const own = await redisServer()
  onTestFinished(() => own.stop())
  return own
}

async function until(bus: Bus, status: 'up' | 'down'): Promise<void> {
  if (bus.status === status) return
  await new Promise<void>((resolve) => {
    const off = bus.changes.on((now) => {
      if (now !== status) return
      off()
      resolve()
    })
  })
}

busContract('redis', async () => {
  const clock = virtualClock()
  const log = logBook()
  // Text that a careless bus mangles.
  const options = { url: server.url, clock, log: log.log, prefix: `*[é] ${prefixes++}:` }
  return { bus: await redisBus(options), other: await redisBus(options), clock, log }
})

test('[BS13] killed and started again, the server finds all as it was, without anybody doing anything', async () => {
  const own = await ownServer()
  const { bus, other, log } = await two(own.url)
  const far = ear(other, 'chat')
  other.respond('sum', (message) => bytes(message[0]! + 1))
  const changes: string[] = []
  bus.changes.on((status) => void changes.push(status))
  await settle(other)
  bus.publish('chat', bytes(1))
  await far.until(1)

  for (const round of [1, 2]) {
    await own.crash()
    await Promise.all([until(bus, 'down'), until(other, 'down')])
    const before = bus.counts.dropped
    for (let at = 0; at < 50; at++) bus.publish('chat', bytes(99))
    expect(bus.counts.dropped).toBe(before + 50)
    await expect(bus.request('sum', bytes(1))).rejects.toMatchObject({ code: 'BUS_DOWN' })
    // Begun in the outage, or ended in it: so it is afterwards.
    const late = ear(other, `late ${round}`)
    const gone = ear(other, 'gone')
    gone.stop()
    const again = ear(other, 'again')
    again.stop()
    const anew = ear(other, 'again')

    await own.start()
    await Promise.all([until(bus, 'up'), until(other, 'up')])
    for (const topic of ['chat', `late ${round}`, 'gone', 'again']) bus.publish(topic, bytes(round + 1))
    await Promise.all([far.until(round + 1), late.until(1), anew.until(1)])
    await settle(other)
    expect(anew.heard).toEqual([[round + 1]])
    expect(gone.heard).toEqual([])
    expect(await bus.request('sum', bytes(1))).toEqual(bytes(2))
    anew.stop()
  }
  expect(far.heard).toEqual([[1], [2], [3]])
  expect(changes).toEqual(['down', 'up', 'down', 'up'])
  expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn the bus lost Redis: messages are dropped until it is back',
    'info the bus is back',
    'warn the bus lost Redis: messages are dropped until it is back',
    'info the bus is back',
  ])
})

test('[BS13] what is under way when the connection is lost is given up and counted', async () => {
  const own = await ownServer()
  const { bus, other } = await two(own.url)
  const asked = ear(other, 'asked')
  other.respond('late', () => {
    other.publish('asked', bytes())
    return new Promise(() => {})
  })
  await settle(other)
  const refused = bus.request('late', bytes()).catch(({ code }: { code: string }) => code)
  await asked.until(1)
  await own.crash()
  // Not noticed yet: these go to a connection that is dead.
  for (let at = 0; at < 10; at++) bus.publish('x', bytes(at))
  await until(bus, 'down')
  expect(await refused).toBe('BUS_DOWN')
  await expect.poll(() => bus.counts).toMatchObject({ published: 10, dropped: 10, requests: 0 })
})

test('[BS13] a bus closes in an outage too', async () => {
  const own = await ownServer()
  const { bus } = await two(own.url)
  await own.crash()
  await until(bus, 'down')
  await bus.close()
  expect(bus.status).toBe('down')
})

test('[BS14] without a server there is no bus, and the error says what to do', async () => {
  const own = await ownServer()
  await own.stop()
  const words = new RegExp(
    `Redis at 127\\.0\\.0\\.1:${new URL(own.url).port} cannot be used: .*ECONNREFUSED.*Start it`,
  )
  await expect(redisBus({ url: own.url, log: () => {} })).rejects.toThrow(words)
  await expect(redisBus({ url: own.url, client: createClient({ url: own.url }) })).rejects.toThrow(
    /either `url` or `client`/,
  )
})

test('[BS14] an injected client lends its address; it is neither used nor closed', async () => {
  for (const RESP of [2, 3] as const) {
    const client = createClient({ url: server.url, RESP, name: 'theirs' })
    const prefix = `test${prefixes++}:`
    // Connected or not.
    if (RESP === 2) await client.connect()
    const bus = await end({ client, prefix })
    const far = await end({ url: server.url, prefix })
    const { heard, until: heardOf } = ear(bus, 'x')
    await settle(bus)
    far.publish('x', bytes(0, 255))
    await heardOf(1)
    expect(heard).toEqual([[0, 255]])
    await bus.close()
    expect(client.isOpen).toBe(RESP === 2)
    expect(client.isPubSubActive).toBe(false)
    if (RESP === 3) await client.connect()
    expect(await client.get('nothing')).toBeNull()
    client.destroy()
  }
})

test('[BS14] ends of another prefix are on another bus, and nothing is left behind', async () => {
  const first = await end({ url: server.url, prefix: 'one:' })
  const second = await end({ url: server.url, prefix: 'two:' })
  const deaf = ear(second, 'x')
  await settle(second)
  first.publish('x', bytes(1))
  first.respond('x', (message) => message)
  await first.request('x', bytes(1))
  await expect(first.request('y', bytes(1))).rejects.toMatchObject({ code: 'NO_ANSWER' })
  await expect(second.request('x', bytes(1))).rejects.toMatchObject({ code: 'NO_ANSWER' })
  await settle(second)
  expect(deaf.heard).toEqual([])
  const client = await createClient({ url: server.url }).connect()
  const keys = await client.keys('*')
  expect(keys.filter((key) => /^(one|two):/.test(key))).toEqual([])
  client.destroy()
})

test('[BS15] what Redis does not take in time is dropped and logged once: 16 MiB may be on their way', async () => {
  const { bus, log } = await two(server.url)
  const big = ear(bus, 'big')
  for (let at = 0; at < 40; at++) bus.publish('big', new Uint8Array(1 << 20))
  const refused = bus.request('big', new Uint8Array(1 << 20))
  await expect(refused).rejects.toMatchObject({ code: 'BUS_FULL' })
  expect(bus.counts).toMatchObject({ published: 40, dropped: 25 })
  // Some were taken, most are still on their way: the same trouble, not told again.
  await big.until(4)
  for (let at = 0; at < 20; at++) bus.publish('big', new Uint8Array(1 << 20))
  await settle(bus)
  expect(bus.counts.dropped).toBeGreaterThan(25)
  expect(big.heard).toHaveLength(60 - bus.counts.dropped)
  expect(log.lines).toMatchObject([
    { level: 'warn', message: 'the bus cannot send to Redis: messages are dropped' },
  ])
  for (let at = 0; at < 40; at++) bus.publish('big', new Uint8Array(1 << 20))
  await expect.poll(() => log.lines.length).toBe(2)
})

test('[BS16] what makes no sense on its channels is logged and does no harm', async () => {
  const log = logBook()
  const prefix = `test${prefixes++}:`
  const bus = await end({ url: server.url, prefix, log: log.log })
  bus.respond('x', (message) => message)
  await settle(bus)
  const client = await createClient({ url: server.url }).connect()
  const [replies] = await client.pubSubChannels(`${prefix}r:*`)
  for (const channel of [`${prefix}q:x`, replies!]) {
    for (const nonsense of ['', 'nonsense', '\u0001']) await client.publish(channel, Buffer.from(nonsense))
  }
  await settle(bus)
  expect(log.lines.length).toBeGreaterThanOrEqual(5)
  for (const line of log.lines) expect(line.message).toBe('a message of the bus makes no sense')
  expect(await bus.request('x', bytes(1))).toEqual(bytes(1))
  client.destroy()
})
