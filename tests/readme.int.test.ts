/* Everything that the documents show is type-checked and run as it stands there. */
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RoomKind } from 'hoopsnake'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createServer } from 'vite'
import { buildPage, check, line, pageConfig, programs, writeGames } from './readme.ts'

const folder = await writeGames('int')
const coins = join(folder, 'coins')

// The tests that the documents show, run as tests of this file.
describe('README.md', () => import(pathToFileURL(join(coins, 'coins.test.ts')).href))
describe('docs/cards.md', () => import(pathToFileURL(join(folder, 'high', 'high.test.ts')).href))

const { run, serving, endAll } = programs()
beforeAll(() => buildPage(coins))
afterEach(endAll)

test('all of it passes the type checker, with the settings of the README', async () => {
  expect(await check(folder)).toBe('')
}, 120_000)

test('the server serves, and the player of the README takes coins', async () => {
  const url = await serving(join(coins, 'server.ts'))
  const bot = run(join(coins, 'bot.ts'), url)
  expect(await line(bot.stdout, /^(mine) at tick/)).toBe('mine')
  expect(await (await fetch(`${url}r/coins`)).json()).toMatchObject([{ seats: 1, seatsMax: 16 }])
})

test('scores are recorded, and shown to the next room', async () => {
  const { simulate } = await import('hoopsnake/test')
  const { memoryStore } = await import('hoopsnake')
  const { buttonRoom } = await import(pathToFileURL(join(coins, 'scores.ts')).href)
  const store = memoryStore()
  const s = simulate(buttonRoom as RoomKind, { store })
  const ann = await s.join({ name: 'Ann' })
  ann.send('press', undefined)
  await s.advance(200)
  void ann.leave()
  await s.advance(200)
  expect(await store.top('button', 10)).toEqual([{ name: 'Ann', score: 1 }])
  await s.stop()
})

test('a server listens to pages elsewhere, and keeps out whom it was told to', async () => {
  const { serve } = await import('hoopsnake/server')
  const { moderate } = await import(pathToFileURL(join(coins, 'moderate.ts')).href)
  const { default: rooms } = await import(pathToFileURL(join(coins, 'rooms.ts')).href)
  const server = await serve({ rooms, port: 0, host: '127.0.0.1', signals: false, log: () => {} })
  expect(await moderate(server)).toMatchObject([{ user: 'ann', reason: 'spam' }, { address: '203.0.113.7' }])
  await server.stop()
  const url = await serving(join(coins, 'abroad.ts'))
  const asked = async (origin: string) => (await fetch(`${url}r/coins`, { headers: { origin } })).status
  expect(await asked('https://html.itch.zone')).toBe(200)
  expect(await asked('https://123456789012345678.discordsays.com')).toBe(200)
  expect(await asked('https://evil.example')).toBe(403)
})

test('who brings a token that is signed, for this game and room, is let in', async () => {
  process.env['JWT_SECRET'] = 'a secret of at least thirty-two characters'
  const url = await serving(join(coins, 'jwt.ts'))
  const { SignJWT } = await import('jose')
  const { create, join: dial } = await import('hoopsnake/client')
  const { coins: protocol } = await import(pathToFileURL(join(coins, 'protocol.ts')).href)
  const sign = (claims: object, secret = process.env['JWT_SECRET']) =>
    new SignJWT({ sub: 'ann', aud: 'coins', exp: 9_999_999_999, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(secret))
  const unsigned =
    `${btoa('{"alg":"none"}')}.${btoa('{"sub":"ann","aud":"coins","exp":9999999999}')}.`.replaceAll('=', '')
  const enter = (ticket: string, code?: string) =>
    dial(url, protocol as never, { name: 'Ann' } as never, { ticket, ...(code && { code }) })
  const game = await create(url, protocol as never, { name: 'Ann' } as never, { ticket: await sign({}) })
  const invited = await sign({ room: game.code })
  const again = await enter(invited, game.code.toLowerCase())
  expect(again.code).toBe(game.code)
  const no = { code: 'DENIED', message: 'sign in again' }
  for (const bad of ['', 'nonsense', unsigned, await sign({ aud: 'snake' }), await sign({}, 'x'.repeat(32))])
    await expect(enter(bad)).rejects.toMatchObject(no)
  await expect(enter(await sign({ exp: 1 }))).rejects.toMatchObject(no)
  for (const code of [undefined, 'ABCDEF'])
    await expect(enter(invited, code)).rejects.toMatchObject({ code: 'NOT_INVITED' })
  await Promise.all([game.leave(), again.leave()])
})

test('jobs count, and messages reach every room', async () => {
  const { simulate } = await import('hoopsnake/test')
  const { default: jobs } = await import(pathToFileURL(join(folder, 'lab', 'jobs.ts')).href)
  const { labRoom } = await import(pathToFileURL(join(folder, 'lab', 'rooms.ts')).href)
  const s = simulate(labRoom as RoomKind, { jobs })
  const [ann, bob] = [await s.create({}), await s.create({})]
  ann.send('count', 100)
  bob.send('shout', 'hello')
  await s.advance(100)
  expect(ann.state).toEqual({ primes: 25, news: `${bob.code} 1: hello` })
  await s.stop()
})

describe('the page', () => {
  test('is served with the rooms: alone, with everything set, and beside Express', async () => {
    const [own, full, beside] = await Promise.all([
      serving(join(coins, 'server.ts')),
      line(run(join(coins, 'full.ts')).stdout, /^Open (\S+)/),
      line(run(join(coins, 'express.ts')).stdout, /^Open (\S+)/),
    ])
    expect(await (await fetch(own)).text()).toContain('<canvas')
    expect(await (await fetch(`${full}healthz`)).json()).toMatchObject({ ok: true })
    expect(await (await fetch(new URL('/', beside))).text()).toBe('home')
    expect(await (await fetch(beside)).text()).toContain('<canvas')
    expect(await (await fetch(`${beside}r/coins`)).json()).toEqual([])
  })

  test("comes from Vite's dev server too, which leads its dials on", async () => {
    const { port } = new URL(await serving(join(coins, 'server.ts')))
    const config = pageConfig(coins)
    const text = await readFile(config.configFile, 'utf8')
    expect(text).toContain(':8080')
    await writeFile(config.configFile, text.replace(':8080', `:${port}`))
    const vite = await createServer({ ...config, server: { port: 0, strictPort: false, host: '127.0.0.1' } })
    await vite.listen()
    const url = vite.resolvedUrls!.local[0]!
    expect(await (await fetch(`${url}main.ts`)).text()).toContain('hoopsnake')
    expect(await (await fetch(`${url}r/coins`)).json()).toEqual([])
    // As its page would: from the origin of Vite's server.
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      origin: new URL(url).origin,
    }
    const [answer, socket] = await once(get(`${url}r/coins`, { headers }), 'upgrade')
    expect(answer.statusCode).toBe(101)
    socket.destroy()
    await vite.close()
  })
})
