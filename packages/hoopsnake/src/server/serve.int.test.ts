import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { create, type Game } from '../client/index.ts'
import { protocol } from '../core/protocol.ts'
import { memoryStore, type Store } from '../core/store.ts'
import abacusRooms, { abacus } from '../test/contracts/place.rooms.ts'
import type { Place } from './place/place.ts'
import { serve } from './serve.ts'
import { sqlite } from './store/sqlite.ts'

const snake = protocol('snake', 1, { state: {} }).room({ create: () => ({}) }, { save: { every: '5s' } })
const rooms = { url: import.meta.url, kinds: new Map([['snake', snake]]) }

/** A store and a place that say what becomes of them. */
function parts(place: Partial<{ start(): Promise<void>; stop(): Promise<void> }> = {}) {
  const story: string[] = []
  const store: Store = {
    ...memoryStore(),
    async close() {
      story.push('store closed')
    },
  }
  const running: Place = async () => {
    await place.start?.()
    story.push('rooms open')
    return {
      link: {
        connect: () => ({ receive() {}, lost: () => story.push('lost') }),
        list: () => Promise.resolve([]),
      },
      counts: { rooms: 0, seats: 0, watchers: 0, ticks: 0 },
      reports: [],
      async stop() {
        story.push('rooms closing')
        await place.stop?.()
      },
    }
  }
  const log = (level: string, message: string): void => {
    if (level === 'error') story.push(`error: ${message}`)
  }
  return { story, options: { rooms, store, place: running, log, port: 0, host: '127.0.0.1', signals: false } }
}

test('[GW28] a stop closes the rooms, then the sockets, then the port, then the store', async () => {
  const { story, options } = parts()
  const server = await serve(options)
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}/r/snake`)
  await once(ws, 'open')
  ws.on('close', (code, reason) => story.push(`closed ${code} ${reason.toString()}`))
  const closed = once(ws, 'close')
  expect(server.stop()).toBe(server.done)
  await closed
  await server.done
  expect(story).toEqual([
    'rooms open',
    'rooms closing',
    expect.stringMatching(/closed 4002 STOPPING/),
    'store closed',
  ])
  expect([server.url, server.port, server.counts.connections]).toEqual(['', 0, 0])
  await server.stop()
  expect(story).toHaveLength(4)
})

test('[GW28] while it stops, the server takes nobody in and says so', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { options } = parts({ stop: () => promise })
  const server = await serve(options)
  const { url, port } = server
  const stopped = server.stop()
  const ready = await fetch(`${url}readyz`)
  expect([ready.status, await ready.json()]).toEqual([503, { ready: false, why: 'stopping' }])
  // Who restarts what is ill must not end it for that.
  expect((await fetch(`${url}healthz`)).status).toBe(200)
  const ws = new WebSocket(`ws://127.0.0.1:${port}/r/snake`)
  const [, response] = (await once(ws, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(response.statusCode).toBe(503)
  ws.on('error', () => {})
  ws.terminate()
  resolve()
  await stopped
})

test('[GW28] rooms that do not close in time are not waited for; it is logged, and the stop has failed', async () => {
  const { story, options } = parts({ stop: () => new Promise(() => {}) })
  const server = await serve({ ...options, limits: { stop: 30 } })
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}/r/snake`)
  await once(ws, 'open')
  const closed = once(ws, 'close')
  await expect(server.stop()).rejects.toThrow('closing the rooms took longer than 30 ms')
  await closed
  expect(story).toContain('store closed')
  expect(story).toContain('error: closing the rooms took longer than 30 ms; it was not waited for')
})

test('[GW28] a client that reads nothing does not hold the stop up', async () => {
  const { options } = parts()
  const server = await serve({ ...options, limits: { stop: 50 } })
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}/r/snake`)
  await once(ws, 'open')
  ws.pause()
  await expect(server.stop()).rejects.toThrow('closing the sockets took longer')
  ws.terminate()
})

test('[GW29] a port that is taken is told in words, and nothing stays behind', async () => {
  const other = createServer()
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { story, options } = parts()
  await expect(serve({ ...options, port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: `port ${port} is taken by another program. Stop that one, or choose another port: serve({ port: 0 }) takes any free one`,
  })
  expect(story).toEqual(['rooms open', 'rooms closing', 'store closed'])
  other.close()
})

test('[GW29] rooms that do not open, a store or a page that is not there: told at once, and nothing stays behind', async () => {
  const failing = parts({ start: () => Promise.reject(new Error('bad checkpoint')) })
  await expect(serve(failing.options)).rejects.toThrow('bad checkpoint')
  expect(failing.story).toEqual(['store closed'])
  const { story, options } = parts()
  await expect(serve({ ...options, store: sqlite('/none/at/all/pit.db') })).rejects.toThrow(
    /there is no folder \/none\/at\/all/,
  )
  await expect(serve({ ...options, assets: new URL('./no-such-folder/', import.meta.url) })).rejects.toThrow(
    /build the page first/,
  )
  expect(story).toEqual(['store closed'])
})

test('[ST12] a server does not start while another one has the saved rooms of its game', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-claim-'))
  const path = join(folder, 'pit.db')
  const first = await serve({ ...parts().options, store: sqlite(path) })
  await expect(serve({ ...parts().options, store: sqlite(path) })).rejects.toThrow(/another server has/)
  const other = { ...rooms, kinds: new Map([['snake', { ...snake, options: {} }]]) }
  await (await serve({ ...parts().options, rooms: other, store: sqlite(path) })).stop()
  await first.stop()
  await (await serve({ ...parts().options, store: sqlite(path) })).stop()
  await rm(folder, { recursive: true })
})

test('[GW30] options that make no sense, or none together, are refused with words', async () => {
  const { options } = parts()
  const { port: _, host: __, ...attached } = options
  const server = createServer()
  const bad: [Promise<unknown>, RegExp][] = [
    [serve({ ...attached, server, port: 80 }), /either `server`, or `port` and `host`/],
    [serve({ ...options, port: 70_000 }), /port: 70000 is none/],
    [serve({ ...options, rooms: { default: rooms } as never }), /the default export of your rooms module/],
    [serve({ ...options, assets: './dist' as never }), /give a URL of a folder/],
    [serve({ ...options, path: 'game' }), /write '\/' or e.g. '\/game'/],
    [serve({ ...options, origins: ['*'] }), /is not an origin/],
    [serve({ ...options, secret: 'hunter2' }), /secret: key 1 has fewer than 16/],
    [serve({ ...options, limits: { frameBytes: 0 } }), /limits.frameBytes: 0/],
    [serve({ ...options, limits: { ping: '20s' } }), /limits.silence .* must be longer/],
  ]
  for (const [refused, words] of bad) await expect(refused).rejects.toThrow(words)
})

test('[GW31] two servers live in one process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-two-'))
  const stores = [sqlite(join(folder, 'a.db')), sqlite(join(folder, 'b.db'))]
  const servers = await Promise.all(stores.map((store) => serve({ ...parts().options, store })))
  expect(servers[0]!.port).not.toBe(servers[1]!.port)
  const ws = new WebSocket(`ws://127.0.0.1:${servers[1]!.port}/r/snake`)
  await once(ws, 'open')
  await servers[0]!.stop()
  expect((await fetch(`${servers[1]!.url}healthz`)).status).toBe(200)
  expect(servers[1]!.counts.connections).toBe(1)
  await servers[1]!.stop()
  await rm(folder, { recursive: true })
})

/** A program of its own that serves, as a user's would. */
async function program(folder: string, stop = 'async () => {}', drain = '0ms') {
  const code = `
    import { serve } from '${new URL('./serve.ts', import.meta.url).href}'
    import { sqlite } from '${new URL('./store/sqlite.ts', import.meta.url).href}'
    const place = async () => ({ link: { connect: () => ({ receive() {}, lost() {} }), list: async () => [] }, counts: {}, reports: [], stop: ${stop} })
    const store = sqlite(${JSON.stringify(join(folder, 'pit.db'))})
    const server = await serve({ rooms: { url: '', kinds: new Map() }, place, store, port: 0, host: '127.0.0.1', limits: { drain: '${drain}' } })
    console.log(server.port)
    await server.done
    console.log('done')`
  // With a flag that a worker must not inherit.
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const out = createInterface(child.stdout)
  out.on('line', (line) => lines.push(line))
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += String(chunk)))
  await Promise.race([once(out, 'line'), once(child, 'exit').then(() => Promise.reject(new Error(log)))])
  return { child, lines, log: () => log, port: Number(lines[0]) }
}

test('[GW32] SIGTERM and SIGINT stop the server in good order, and the process ends by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-signal-'))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, lines, log, port } = await program(folder)
    try {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/r/snake`)
      await once(ws, 'open')
      const closed = once(ws, 'close')
      child.kill(signal)
      expect((await closed)[0]).toBe(4002)
      expect(await once(child, 'close')).toEqual([0, null])
      expect(lines.at(-1)).toBe('done')
      expect(log()).toMatch(new RegExp(`${signal}: stopping.*stopped`, 's'))
    } finally {
      // Only a failed test leaves it running.
      child.kill('SIGKILL')
    }
  }
  await rm(folder, { recursive: true })
})

test('[GW32] signals that come together are one; a later one ends the process at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-signal-'))
  const { child, log } = await program(folder, '() => new Promise(() => {})')
  child.kill('SIGTERM')
  while (!log().includes('SIGTERM')) await once(child.stderr, 'data')
  child.kill('SIGINT')
  child.kill('SIGTERM')
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect(child.exitCode ?? child.signalCode).toBeNull()
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
  await rm(folder, { recursive: true })
})

/** Somebody who plays Abacus at a server. */
const player = (url: string): Promise<Game<typeof abacus>> => create(url, abacus, {})

test('[OP11] [OP12] a server that drains tells its players, sends them away one by one, and saves their rooms', async () => {
  const store = { ...memoryStore(), close: () => Promise.resolve() }
  const given = { rooms: abacusRooms, store, host: '127.0.0.1', signals: false, log: () => {} }
  const server = await serve({ ...given, port: 0 })
  const { url, port } = server
  const games = await Promise.all([player(url), player(url), player(url)])
  for (const [i, game] of games.entries()) expect(await game.ask('add', i + 1)).toBeNull()
  const told: number[] = []
  const away: number[] = []
  for (const game of games) {
    game.when('draining', (within) => told.push(within))
    game.when('status', (status) => status === 'away' && away.push(performance.now()))
  }
  const began = performance.now()
  const stopped = server.stop({ drain: '900ms' })
  expect(await (await fetch(`${url}readyz`)).json()).toEqual({ ready: false, why: 'draining' })
  expect((await fetch(`${url}healthz`)).status).toBe(200)
  // Who comes now waits, without a word, until a server has a place for it: here, the next one.
  const late = player(url)
  await expect.poll(() => told).toEqual([900, 900, 900])
  await stopped
  const after = away.map((at) => at - began)
  expect(after.length).toBe(3)
  for (const [i, ms] of after.entries()) expect(ms).toBeGreaterThanOrEqual(300 * (i + 1) - 5)
  const next = await serve({ ...given, port })
  for (const [i, game] of games.entries()) {
    await expect.poll(() => game.status, { timeout: 10_000 }).toBe('live')
    expect(game.state.sums.get(1)).toBe(i + 1)
  }
  expect((await late).status).toBe('live')
  await next.stop()
})

test('[OP12] a drain is over when nobody is left, and when it is asked to be', async () => {
  const given = { rooms: abacusRooms, host: '127.0.0.1', signals: false, log: () => {}, port: 0 }
  const began = performance.now()
  const lonely = await serve({ ...given, limits: { drain: '1m' } })
  await lonely.stop()
  const left = await serve({ ...given, limits: { drain: '1m' } })
  const game = await player(left.url)
  const stopped = left.stop()
  await new Promise<void>((resolve) => game.when('draining', () => resolve()))
  await game.leave()
  await stopped
  const hurried = await serve({ ...given, limits: { drain: '1m' } })
  await player(hurried.url)
  const done = hurried.stop()
  expect(hurried.stop()).toBe(done)
  expect((await (await fetch(`${hurried.url}readyz`)).json()) as unknown).toMatchObject({ why: 'draining' })
  await hurried.stop({ drain: 0 })
  expect(performance.now() - began).toBeLessThan(20_000)
})

test('[OP13] SIGTERM drains, SIGINT does not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-drain-'))
  const run = async (signal: 'SIGTERM' | 'SIGINT') => {
    const { child, log, port } = await program(folder, 'async () => {}', '400ms')
    const ws = new WebSocket(`ws://127.0.0.1:${port}/r/snake`)
    await once(ws, 'open')
    const closed = once(ws, 'close')
    child.kill(signal)
    await closed
    expect(await once(child, 'close')).toEqual([0, null])
    return log()
  }
  expect(await run('SIGTERM')).toMatch(/SIGTERM: stopping.*draining ms=400 connections=1.*stopping/s)
  expect(await run('SIGINT')).not.toContain('draining')
  await rm(folder, { recursive: true })
})

test('[SF8] a ban is there again when the server is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-bans-'))
  const start = () => serve({ ...parts().options, store: sqlite(join(folder, 'bans.db')) })
  const first = await start()
  await first.ban({ user: 'ann', for: '10m', reason: 'spam' })
  await first.ban({ address: '2001:db8::1' })
  await first.ban({ user: 'bob' })
  await first.unban({ user: 'bob' })
  await first.stop()
  const second = await start()
  expect(second.bans).toMatchObject([
    { address: '2001:db8::/64', left: Infinity },
    { user: 'ann', reason: 'spam' },
  ])
  expect(second.bans[1]!.left).toBeLessThanOrEqual(600_000)
  await expect(second.ban({ user: undefined })).rejects.toThrow(/a user is banned by what `auth` answered/)
  await second.stop()
  await rm(folder, { recursive: true })
})
