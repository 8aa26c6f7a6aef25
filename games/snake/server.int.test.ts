import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryStore, rooms } from 'hoopsnake'
import { join, list } from 'hoopsnake/client'
import { serve } from 'hoopsnake/server'
import { afterAll, describe, expect, test } from 'vitest'
import { pit } from './protocol.ts'
import { classic } from './rules/classic.ts'
import { eat } from './test/bot.ts'

const folder = mkdtempSync(path(tmpdir(), 'snake-'))
const started: ChildProcess[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const bare = fileURLToPath(new URL('./test/serve.ts', import.meta.url))
const whole = fileURLToPath(new URL('./server.ts', import.meta.url))

/** Starts a server in a process of its own, at 50 ticks per second. */
async function start(mode: string, db: string): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--conditions=@hoopsnake/source', bare, mode, path(folder, db)]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, SNAKE_HZ: '50' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, url: line.toString().trim() }
}

test('a command line that makes no sense is answered in one line', () => {
  const args = ['--conditions=@hoopsnake/source', whole, '--hz', 'fast']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^'fast' is no rate: .*\n$/)
})

test('[bug 9] scores outlive a kill: they are in the file as soon as the table shows them', async () => {
  const first = await start('classic', 'kill.db')
  const game = await join(first.url, pit, { name: 'Ann' }, { rules: classic })
  await eat(game, 1)
  await expect.poll(() => game.state.top.length).toBe(1)
  const [best] = game.state.top
  expect(best!.name).toBe('Ann')
  const exited = once(first.child, 'exit')
  first.child.kill('SIGKILL')
  await exited
  void game.leave()

  const second = await start('classic', 'kill.db')
  const again = await join(second.url, pit, { name: 'Bob' })
  await expect.poll(() => again.state.top[0]).toMatchObject({ name: 'Ann' })
  expect(again.state.top[0]!.score).toBeGreaterThanOrEqual(best!.score)
  await again.leave()
  second.child.kill('SIGTERM')
  expect((await once(second.child, 'exit'))[0]).toBe(0)
})

test('in mode open ten snakes live and none dies', async () => {
  const { url } = await start('open', 'open.db')
  const games = await Promise.all(Array.from({ length: 10 }, (_, i) => join(url, pit, { name: `bot ${i}` })))
  expect(await Promise.all(games.map((game) => game.ask('play')))).toEqual(games.map(() => null))
  const [first] = games
  const tick = first!.tick
  await expect.poll(() => first!.tick).toBeGreaterThan(tick + 50)
  expect(first!.state).toMatchObject({ mode: 'open', phase: 'playing', width: 128 })
  expect([...first!.state.snakes.values()].map(({ life }) => life)).toEqual(games.map(() => 'alive'))
  await Promise.all(games.map((game) => game.leave()))
})

describe('in one process', () => {
  const quiet = { port: 0, host: '127.0.0.1', signals: false, log() {} }

  test('[bug 6] a client that sends nonsense is sent away, and the others play on', async () => {
    const kind = pit.room(classic, { hz: 50, load: async () => [] })
    const server = await serve({ ...quiet, rooms: rooms(import.meta.url, { kind }) })
    const game = await join(server.url, pit, { name: 'Ann' })
    expect(await game.ask('play')).toBeNull()
    const address = `${server.url.replace('http', 'ws')}r/snake`
    for (const nonsense of [
      '[]',
      '['.repeat(5000),
      '1e999',
      new Uint8Array([1, 255, 255]),
      new Uint8Array(10_000),
    ]) {
      const socket = new WebSocket(address)
      await once(socket, 'open')
      const closed = once(socket, 'close')
      socket.send(nonsense)
      await closed
    }
    const { tick } = game
    await expect.poll(() => game.tick).not.toBe(tick)
    expect(game.state.snakes.has(game.seat)).toBe(true)
    await game.leave()
    await server.stop()
  })

  test('[bug 7] a page of another origin is not let in', async () => {
    const server = await serve({
      ...quiet,
      rooms: rooms(import.meta.url, { kind: pit.room(classic, { load: () => Promise.resolve([]) }) }),
    })
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      Origin: 'http://elsewhere.example',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    }
    const asked = request(`${server.url}r/snake`, { headers }).end()
    const [answer] = await once(asked, 'response')
    expect(answer.statusCode).toBe(403)
    answer.resume()
    await server.stop()
  })

  test('[bug 8] a tick that throws does not leave the game unplayable', async () => {
    let fault = false
    const faulty: typeof classic = {
      ...classic,
      tick(room) {
        if (fault) {
          fault = false
          throw new Error('a fault in the rules')
        }
        classic.tick!(room)
      },
    }
    const kind = pit.room(faulty, {
      hz: 50,
      idle: (state) => state.phase !== 'playing',
      load: async () => [],
    })
    const server = await serve({ ...quiet, store: memoryStore(), rooms: rooms(import.meta.url, { kind }) })
    const first = await join(server.url, pit, { name: 'Ann' })
    expect(await first.ask('play')).toBeNull()
    fault = true
    await expect.poll(() => first.status).toBe('closed')
    expect(first.reason?.code).toBe('CRASHED')

    const again = await join(server.url, pit, { name: 'Ann' })
    expect(await again.ask('play')).toBeNull()
    await expect.poll(() => again.state.snakes.get(again.seat)?.life).toBe('alive')
    expect(await list(server.url, pit)).toHaveLength(1)
    await again.leave()
    await server.stop()
  })
})
