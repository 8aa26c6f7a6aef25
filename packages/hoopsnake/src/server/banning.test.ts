import { expect, test } from 'vitest'
import { type Bus, memoryBus } from '../core/bus.ts'
import { virtualClock } from '../core/clock.ts'
import { memoryStore, type Store } from '../core/store.ts'
import { startBanning } from './banning.ts'
import { userKey } from '../core/users.ts'
import { addressKey, createBans } from './gateway/bans.ts'

/** Two servers, or one that is started again: what they share is given. */
function world() {
  const clock = virtualClock()
  const story: string[] = []
  const log = (level: string, message: string): void => void story.push(`${level}: ${message}`)
  const bus = memoryBus({ clock, log })
  const store = memoryStore()
  let servers = 0
  async function server(at: { bus?: Bus; store?: Store } = {}) {
    const bans = createBans(clock)
    const expelled: string[] = []
    const banning = await startBanning({
      bans,
      bus,
      store,
      log,
      expel: (key, { reason }) => expelled.push(`${key}: ${reason}`),
      id: String(servers++),
      // The time of day is not the clock's: by an hour, and some days.
      wallTime: () => 1e12 + clock.now(),
      ...at,
    })
    return { bans, banning, expelled }
  }
  return { clock, story, store, bus, server }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

test('[SF8] a ban is kept over a restart, with what is left of its time', async () => {
  const { clock, server } = world()
  const first = await server()
  await first.banning.ban({ user: 'ann', for: '10m', reason: 'spam' })
  await first.banning.ban({ address: '2001:db8::1' })
  await first.banning.ban({ user: 5, for: '1m' })
  expect(first.expelled).toEqual([
    'user "ann": spam',
    'address 2001:db8::/64: You are banned from this server.',
    'user 5: You are banned from this server.',
  ])
  clock.advance(240_000)
  const { bans } = await server()
  expect(bans.find(userKey('ann'))).toMatchObject({ reason: 'spam', left: 360_000 })
  expect(bans.find(addressKey('2001:db8::/64'))).toMatchObject({ left: Infinity })
  expect(bans.list()).toHaveLength(2)
})

test('[SF8] what is over, or lifted, is removed from the store', async () => {
  const { clock, server, store } = world()
  const first = await server()
  await first.banning.ban({ user: 1, for: '1m' })
  await first.banning.ban({ user: 2 })
  await first.banning.unban({ user: 2 })
  expect(await store.keys('ban/')).toEqual(['ban/user 1'])
  clock.advance(60_000)
  await first.banning.ban({ user: 3, for: '1m' })
  expect(await store.keys('ban/')).toEqual(['ban/user 3'])
  clock.advance(60_000)
  await server()
  expect(await store.keys('ban/')).toEqual([])
})

test('[SF8] servers that share a bus ban and lift together', async () => {
  const { clock, server } = world()
  const [one, two] = [await server(), await server()]
  await one.banning.ban({ user: { id: 'ann', name: 'Ann' }, reason: 'spam' })
  clock.advance(1)
  await settled()
  expect(two.expelled).toEqual(['user "ann": spam'])
  expect(two.bans.find(userKey('ann'))).toBeDefined()
  await two.banning.unban({ user: 'ann' })
  clock.advance(1)
  await settled()
  expect(one.bans.list()).toEqual([])
  // Its own words do not come back to it.
  expect(one.expelled).toHaveLength(1)
})

test('[SF8] a ban that cannot be kept holds all the same, and says so', async () => {
  const { server, store } = world()
  const { bans, banning } = await server()
  await store.close()
  await expect(banning.ban({ user: 'ann' })).rejects.toThrow(/closed/)
  expect(bans.find(userKey('ann'))).toBeDefined()
})

test('[SF8] nonsense in the store or on the bus is logged, and harms nothing', async () => {
  const { clock, server, store, bus, story } = world()
  for (const [key, text] of [
    ['a', '{'],
    ['b', '{"until":null}'],
    ['c', 'null'],
    ['d', '{"user":"ann","until":null}'],
    ['e', '{"user":"ann","reason":"spam","until":"x"}'],
    ['f', '{"address":"x","reason":"spam","until":null}'],
  ] as const)
    await store.put(`ban/${key}`, new TextEncoder().encode(text))
  const { bans, banning } = await server()
  expect(bans.list()).toEqual([])
  expect(story).toEqual(Array(6).fill('error: a ban in the store cannot be read'))
  for (const text of ['', 'null', '{"from":"x","ban":5}', '{"from":"x","lift":{}}'])
    bus.publish('hoopsnake/bans', new TextEncoder().encode(text))
  clock.advance(1)
  await settled()
  await banning.ban({ user: 'ann' })
  expect(bans.list()).toHaveLength(1)
})
