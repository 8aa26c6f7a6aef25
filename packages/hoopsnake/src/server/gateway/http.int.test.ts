import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RoomKind } from '../../core/kind.ts'
import type { Place } from '../place/place.ts'
import { serve, type Server } from '../serve.ts'

const rooms = { url: import.meta.url, kinds: new Map([['snake', {} as RoomKind]]) }
const place: Place = async () => ({
  link: {
    connect: () => ({ receive() {}, lost() {} }),
    list: () => Promise.resolve([{ code: 'ABCD', seats: 2, seatsMax: 8, watchers: 1 }]),
  },
  counts: { rooms: 1, seats: 2, watchers: 1, ticks: 99 },
  reports: [],
  stop: () => Promise.resolve(),
})

const token = 'sixteen-letters-or-more'
const failures: string[] = []
let folder: string
let server: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoopsnake-page-'))
  const page = join(folder, 'page')
  await mkdir(join(page, 'assets'), { recursive: true })
  await mkdir(join(page, 'help'))
  await mkdir(join(folder, 'page-secrets'))
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'page-secrets', 'key.txt'), 'secret')
  await writeFile(join(page, '.env'), 'secret')
  await writeFile(join(page, 'index.html'), '<!doctype html><p>pit')
  await writeFile(join(page, 'help', 'index.html'), '<!doctype html><p>help')
  await writeFile(join(page, 'assets', 'index-D8xK2_pQ.js'), 'export {}')
  await writeFile(join(page, 'assets', 'song.mp3'), Buffer.alloc(200_000, 7))
  await writeFile(join(page, 'a b+ä.txt'), 'named')
  await writeFile(join(page, 'empty.css'), '')
  await symlink('../secret.txt', join(page, 'leak.txt'))
  await symlink('../page-secrets', join(page, 'leak'))
  await symlink('index.html', join(page, 'home.html'))
  server = await serve({
    rooms,
    place,
    assets: pathToFileURL(`${page}/`),
    origins: ['https://portal.example'],
    port: 0,
    host: '127.0.0.1',
    log: (level, message) => void (level === 'error' && failures.push(message)),
  })
})

afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(new URL(path, server.url), { redirect: 'manual', ...init })

/** Sends bytes as they are, which no HTTP client would, and gives all that comes back. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  const all = text(socket)
  socket.write(bytes)
  return await all
}

const rawGet = (path: string): Promise<string> =>
  raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)

test('[GW17] files have their type, and headers that keep foreign scripts out', async () => {
  const types = [
    ['/', 'text/html; charset=utf-8'],
    ['/help/', 'text/html; charset=utf-8'],
    ['/home.html', 'text/html; charset=utf-8'],
    ['/assets/index-D8xK2_pQ.js', 'text/javascript; charset=utf-8'],
    ['/assets/song.mp3', 'audio/mpeg'],
    ['/a%20b+%C3%A4.txt?x=1', 'text/plain; charset=utf-8'],
    ['/empty.css', 'text/css; charset=utf-8'],
  ]
  for (const [path = '', type] of types) {
    const response = await get(path)
    expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, type])
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = response.headers.get('content-security-policy')!.split('; ')
    expect(policy).toContain("default-src 'self'")
    expect(policy.filter((rule) => rule.includes('unsafe') && !rule.startsWith('style-src'))).toEqual([])
    await response.arrayBuffer()
  }
})

test('[GW17] a file comes back whole; HEAD tells its size alone', async () => {
  const song = await get('/assets/song.mp3')
  expect(new Uint8Array(await song.arrayBuffer())).toEqual(new Uint8Array(200_000).fill(7))
  const head = await get('/assets/song.mp3', { method: 'HEAD' })
  expect(head.headers.get('content-length')).toBe('200000')
  expect(await head.text()).toBe('')
  expect(await (await get('/empty.css')).text()).toBe('')
})

test('[GW18] a file that did not change is not sent again; one that did is', async () => {
  const path = join(folder, 'page', 'changing.txt')
  await writeFile(path, 'one')
  const first = await get('/changing.txt')
  const etag = first.headers.get('etag')!
  expect(etag).toMatch(/^"[\w-]{27}"$/)
  for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const again = await get('/changing.txt', { headers: { 'if-none-match': header } })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
  }
  await writeFile(path, 'two')
  const changed = await get('/changing.txt', { headers: { 'if-none-match': etag } })
  expect([changed.status, await changed.text()]).toEqual([200, 'two'])
})

test('[GW18] only what a bundler named by its content is kept for ever', async () => {
  const control = async (path: string): Promise<string | null> =>
    (await get(path, { method: 'HEAD' })).headers.get('cache-control')
  expect(await control('/assets/index-D8xK2_pQ.js')).toBe('public, max-age=31536000, immutable')
  expect(await control('/assets/song.mp3')).toBe('no-cache')
  expect(await control('/')).toBe('no-cache')
})

test('[GW11] no path leads out of the folder', async () => {
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e/secret.txt',
    '/index.html%00.txt',
    '/../page-secrets/key.txt',
    '/.env',
    '/leak.txt',
    '/leak/key.txt',
    '/leak/',
    '/leak',
    '//etc/passwd',
    '/etc/passwd',
    'http://x/../secret.txt',
  ]
  for (const path of paths) {
    const answer = await rawGet(path)
    expect([path, answer.slice(0, 12)]).toEqual([path, expect.stringMatching(/^HTTP\/1.1 40[04]/)])
    expect(answer).not.toContain('secret\n')
    expect(answer.endsWith('secret')).toBe(false)
  }
})

test('[GW19] a folder is led to its slash, and nowhere else', async () => {
  const response = await get('/help?x=1')
  expect([response.status, response.headers.get('location')]).toEqual([308, '/help/?x=1'])
  expect((await get('/assets/')).status).toBe(404)
  expect(await rawGet('//help')).toMatch(/^HTTP\/1.1 400/)
})

test('[GW19] other methods and other paths are answered with words', async () => {
  for (const [path, allow] of [
    ['/', 'GET, HEAD'],
    ['/r/snake', 'GET, HEAD, OPTIONS'],
    ['/healthz', 'GET, HEAD'],
    ['/metrics', 'GET, HEAD'],
  ] as const) {
    const post = await get(path, { method: 'POST', body: 'x'.repeat(100_000) })
    expect([post.status, post.headers.get('allow'), post.headers.get('connection')]).toEqual([
      405,
      allow,
      'close',
    ])
  }
  expect(await raw('CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
    /^HTTP\/1.1 405 .*\r\nAllow: GET/,
  )
  const none = await get('/nothing.html')
  expect([none.status, await none.text()]).toEqual([404, 'There is no such file.\n'])
  expect((await get('/%')).status).toBe(400)
})

test('[GW20] the public rooms of a game are listed as JSON', async () => {
  const response = await get('/r/snake')
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual([{ code: 'ABCD', seats: 2, seatsMax: 8, watchers: 1 }])
  expect((await get('/r/tag')).status).toBe(404)
  expect((await get('/r/snake/ABCD')).status).toBe(426)
  expect((await get('/r/snake', { headers: { origin: 'https://evil.example' } })).status).toBe(403)
})

test('[SF9] a page of `origins` reads the list, by itself alone; a preflight is answered, and others are not', async () => {
  const origin = 'https://portal.example'
  const list = await get('/r/snake', { headers: { origin } })
  expect([list.status, list.headers.get('access-control-allow-origin')]).toEqual([200, origin])
  expect(list.headers.get('vary')).toBe('origin')
  const asked = await get('/r/snake', {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'GET' },
  })
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin])
  expect(asked.headers.get('access-control-allow-methods')).toBe('GET, HEAD')
  for (const method of ['GET', 'OPTIONS']) {
    const foreign = await get('/r/snake', { method, headers: { origin: 'https://evil.example' } })
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null])
    expect(foreign.headers.get('vary')).toBe('origin')
  }
  expect((await get('/')).headers.get('content-security-policy')).toContain(
    `frame-ancestors 'self' ${origin}`,
  )
})

test('[GW21] health tells counts, readiness whether players are welcome', async () => {
  const ready = await get('/readyz')
  expect([ready.status, await ready.json()]).toEqual([200, { ready: true }])
  const response = await get('/healthz')
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(await response.json()).toEqual({
    ok: true,
    wrong: [],
    connections: 0,
    rooms: 1,
    seats: 2,
    watchers: 1,
    ticks: 99,
  })
})

test('[GW21] metrics are for operators', async () => {
  const response = await get('/metrics')
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ])
  expect(await response.text()).toContain('\nhoopsnake_connections 0\n')
  const forwarded = await get('/metrics', { headers: { 'x-forwarded-for': '127.0.0.1' } })
  expect([forwarded.status, await forwarded.text()]).toEqual([403, expect.stringContaining('For operators')])
  const closed = await serve({
    rooms,
    place,
    port: 0,
    host: '127.0.0.1',
    log: () => {},
    signals: false,
    operator: { token },
  })
  const ask = (authorization: string): Promise<Response> =>
    fetch(new URL('/metrics', closed.url), { headers: { authorization } })
  const answers = [await ask(`Bearer ${token}`), await ask('Bearer wrong'), await ask('')]
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 401])
  expect(answers[1]!.headers.get('www-authenticate')).toBe('Bearer')
  await closed.stop()
})

test('[GW22] what is not HTTP is ended', async () => {
  expect(await raw('\u0000\u0001\u0002 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
  expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/)
})

test('[GW22] what is asked with a body is answered, and the body not waited for', async () => {
  for (const body of ['Content-Length: 9\r\n\r\nhalf', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhalf']) {
    const answers = await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\n${body}`)
    expect(answers).toMatch(/^HTTP\/1.1 200 /)
    expect(answers).toContain('Connection: close')
    expect(answers.split('HTTP/1.1 ')).toHaveLength(2)
  }
})

test('[GW22] a browser that leaves in the middle of a file, or before, is no failure', async () => {
  for (let at = 0; at < 20; at++) {
    const socket = connect(server.port, '127.0.0.1')
    socket.write('GET /assets/song.mp3 HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(socket, at === 0 ? 'data' : 'ready')
    socket.resetAndDestroy()
    await once(socket, 'close')
  }
  expect((await get('/assets/song.mp3')).status).toBe(200)
  expect(failures).toEqual([])
})

test('[GW22] who sends nothing, or half a head, is answered 408 and ended', async () => {
  const impatient = await serve({
    rooms,
    place,
    port: 0,
    host: '127.0.0.1',
    log: () => {},
    signals: false,
    limits: { handshake: 30 },
  })
  for (const half of ['', 'GET / HTTP/1.1\r\nHost: x\r\nX: ']) {
    const socket = connect(impatient.port, '127.0.0.1')
    const all = text(socket)
    socket.write(half)
    expect(await all).toMatch(/^HTTP\/1.1 408/)
  }
  await impatient.stop()
})

test('[SF15] of what a connection asks one answer is made at a time, in order', async () => {
  const asked: (() => void)[] = []
  const slow: Place = async (given) => {
    const { link, ...others } = await place(given)
    const list = () => new Promise<[]>((resolve) => void asked.push(() => resolve([])))
    return { ...others, link: { ...link, list } }
  }
  const games = new Map(['snake', 'tag', 'chess'].map((name) => [name, {} as RoomKind]))
  const options = {
    rooms: { ...rooms, kinds: games },
    place: slow,
    port: 0,
    host: '127.0.0.1',
    log: () => {},
    signals: false,
  }
  const patient = await serve(options)
  const socket = connect(patient.port, '127.0.0.1')
  for (const name of games.keys()) socket.write(`GET /r/${name} HTTP/1.1\r\nHost: x\r\n\r\n`)
  for (let at = 1; at <= 3; at++) {
    await expect.poll(() => asked.length).toBe(at)
    // What is asked meanwhile by others is answered all the same.
    expect((await fetch(new URL('/healthz', patient.url))).status).toBe(200)
    expect(asked).toHaveLength(at)
    asked.at(-1)!()
    await once(socket, 'data')
  }
  socket.destroy()
  await patient.stop()
})
