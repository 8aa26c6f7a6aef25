import { afterAll, beforeAll, expect, test } from 'vitest'
import { protocol, rooms, uint } from 'hoopsnake'
import { type Game, join } from 'hoopsnake/client'
import { serve as serveHere } from 'hoopsnake/server'
import { balancer } from '../tests/haproxyServer.ts'
import { redisServer, type RedisServer } from '../tests/redisServer.ts'
import { visit, type Where } from '../examples/page/visit.ts'
import type { Talk } from '../examples/protocol.ts'
import { start, type Program } from '../examples/test/program.ts'
import { wireTo } from '../examples/test/wire.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await redisServer()
})
afterAll(() => redis.stop())

/** Somebody with a page, as the shared page of the examples keeps them. */
interface Visit {
  readonly game: Game<Talk>
  readonly texts: readonly string[]
  /** How often a room was entered; a connection that came back does not count. */
  readonly entered: number
}

const visits: Visit[] = []
afterAll(() => Promise.all(visits.map(({ game }) => game.leave())))

/** Opens the page at an address, follows where it leads, and connects from there. */
async function open(address: string, where: Where = 'any'): Promise<Visit & { readonly page: string }> {
  const response = await fetch(address)
  expect([response.status, (await response.text()).includes('<title>hoopsnake')]).toEqual([200, true])
  const page = response.url
  const games: Game<Talk>[] = []
  const texts: string[] = []
  await visit(page, where, {
    said: (text) => void texts.push(text),
    changed: (game) => void (games.at(-1) !== game && games.push(game)),
    gone: (no) => void texts.push(`gone: ${no.code}`),
  })
  const made = {
    page,
    texts,
    get game() {
      return games.at(-1)!
    },
    get entered() {
      return games.length
    },
  }
  visits.push(made)
  return made
}

const serve = (port = '0'): Promise<Program> => start('6-scale', { REDIS_URL: redis.url, PORT: port })
const portOf = ({ url }: Program): string => new URL(url).port
const seats = (...programs: readonly Program[]): Promise<number[]> =>
  Promise.all(programs.map(async (program) => (await program.counts()).seats))

test('one address before two servers: shared chat and count, sticky rooms, and a death unnoticed but for a new seat', async () => {
  await using one = await serve()
  await using two = await serve()
  await using front = await balancer(portOf(one), portOf(two))

  // Both servers are used, and each page's address names the one it is on.
  const all: Awaited<ReturnType<typeof open>>[] = []
  for (let i = 0; i < 8; i++) all.push(await open(front.url))
  expect(await seats(one, two)).toEqual([4, 4])
  expect(new Set(all.map(({ page }) => page))).toEqual(new Set([`${front.url}n/n1/`, `${front.url}n/n2/`]))
  const codes = Map.groupBy(all, ({ page }) => page)
  for (const group of codes.values()) expect(new Set(group.map(({ game }) => game.code)).size).toBe(1)

  // They share the chat and the number of players.
  for (const { game } of all) await expect.poll(() => game.state.players).toBe(8)
  all[0]!.game.send('say', 'hello')
  for (const { texts } of all)
    await expect.poll(() => texts.filter((text) => text.endsWith(': hello')).length).toBe(1)

  // A room is found by its address, whichever server is less busy.
  const host = await open(front.url, 'new')
  for (let i = 0; i < 4; i++) {
    const guest = await open(host.page, { code: host.game.code })
    expect([guest.game.code, guest.game.seat]).toEqual([host.game.code, 2 + i])
  }

  // A lost connection comes back to its seat.
  await using wire = await wireTo(front.url)
  const shaky = await open(new URL(new URL(host.page).pathname, wire.url).href, { code: host.game.code })
  const { seat } = shaky.game
  const heard: string[] = []
  shaky.game.on('status', (status) => heard.push(status))
  for (let i = 0; i < 5; i++) {
    heard.length = 0
    wire.cut()
    await expect.poll(() => heard).toEqual(['away', 'live'])
    expect([shaky.game.seat, shaky.entered]).toEqual([seat, 1])
  }

  // One server dies; those who were on it are on the other, which has the chat and the count as before.
  const total = all.length + 6
  for (const { game } of all) await expect.poll(() => game.state.players).toBe(total)
  await one.end('SIGKILL')
  await expect.poll(async () => (await seats(two))[0]).toBe(total)
  for (const { game } of all)
    await expect.poll(() => [game.status, game.state.players]).toEqual(['live', total])
  all[0]!.game.send('say', 'still here')
  for (const { texts } of all)
    await expect.poll(() => texts.some((text) => text.endsWith(': still here'))).toBe(true)
  expect(all.flatMap(({ texts }) => texts.filter((text) => text.startsWith('gone')))).toEqual([])

  // It is back, and gets the next ones.
  await using again = await serve(portOf(one))
  await expect.poll(async () => (await fetch(front.url)).url).toBe(`${front.url}n/n1/`)
  await open(front.url)
  expect(await seats(again)).toEqual([1])
})

test('a server that hangs is given up, and one that stops in good order sends its players on', async () => {
  await using one = await serve()
  await using two = await serve()
  await using front = await balancer(portOf(one), portOf(two))
  const all = [await open(front.url), await open(front.url)]
  expect(await seats(one, two)).toEqual([1, 1])
  process.kill(one.pid, 'SIGSTOP')
  await expect.poll(async () => (await seats(two))[0]).toBe(2)
  process.kill(one.pid, 'SIGCONT')
  await expect.poll(async () => (await fetch(front.url)).url).toBe(`${front.url}n/n1/`)
  expect(await two.end()).toBe(0)
  await expect.poll(() => all.map(({ game }) => game.status)).toEqual(['live', 'live'])
  expect((await seats(one))[0]).toBeGreaterThanOrEqual(2)
})

test('[OP14] a full server gets nobody new, and who has a seat there comes back to it', async () => {
  const den = protocol('den', 1, { state: { beats: uint } })
  const dens = rooms(import.meta.url, { den: den.room({ create: () => ({ beats: 0 }) }) })
  const page = new URL('../examples/page/', import.meta.url)
  const quiet = { rooms: dens, assets: page, port: 0, host: '127.0.0.1', signals: false, log: () => {} }
  const [small, large] = [await serveHere({ ...quiet, limits: { connections: 2 } }), await serveHere(quiet)]
  await using front = await balancer(String(small.port), String(large.port))
  await using wire = await wireTo(front.url)
  const whole = `${front.url}n/n1/`
  const ann = await join(new URL('n/n1/', wire.url).href, den, {})
  const bob = await join(whole, den, {})
  expect([small.counts.connections, (await fetch(new URL('readyz', small.url))).status]).toEqual([2, 503])
  const newcomers = async (): Promise<Set<string>> => {
    const pages: string[] = []
    for (let at = 0; at < 4; at++) pages.push((await fetch(front.url)).url)
    return new Set(pages)
  }
  // More are on the other one, so only that this one is full leads there.
  const others = await Promise.all([1, 2, 3].map(() => join(`${front.url}n/n2/`, den, {})))
  await expect.poll(newcomers).toEqual(new Set([`${front.url}n/n2/`]))

  const heard: string[] = []
  ann.on('status', (status) => heard.push(status))
  const { seat, code } = ann
  wire.cut()
  await expect.poll(() => heard.at(-1)).toBe('live')
  expect([ann.seat, ann.code, small.counts.seats, large.counts.seats]).toEqual([seat, code, 2, 3])

  // It is welcome to others again once there is room.
  await Promise.all([ann.leave(), bob.leave()])
  await expect.poll(newcomers).toEqual(new Set([`${front.url}n/n1/`]))
  await Promise.all(others.map((game) => game.leave()))
  await Promise.all([small.stop(), large.stop()])
})
