import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server as HttpServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { RoomKind } from '../../core/kind.ts'
import type { Place } from '../place/place.ts'
import { serve } from '../serve.ts'

const rooms = { url: import.meta.url, kinds: new Map([['snake', {} as RoomKind]]) }
const place: Place = async () => ({
  link: { connect: () => ({ receive() {}, lost() {} }), list: () => Promise.resolve([]) },
  counts: { rooms: 0, seats: 0, watchers: 0, ticks: 0 },
  reports: [],
  stop: () => Promise.resolve(),
})
const quiet = { rooms, place, log: () => {} }

let http: HttpServer | undefined
afterEach(async () => {
  http?.closeAllConnections()
  if (http?.listening) await new Promise((done) => http!.close(done))
  http = undefined
})

function app(): express.Express {
  const routes = express()
  routes.get('/', (_, response) => void response.send('home'))
  routes.get('/r/other', (_, response) => void response.send('their r'))
  routes.get('/game/score', (_, response) => void response.send('score'))
  routes.use((_, response) => void response.status(404).send('their 404'))
  return routes
}

async function listening(server: HttpServer): Promise<string> {
  http = server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const body = async (url: string): Promise<string> => (await fetch(url)).text()

test('[GW27] beside Express, only what is below the path is taken, and the rest goes on as before', async () => {
  const server = createServer(app())
  const game = await serve({ ...quiet, server, path: '/game' })
  const url = await listening(server)
  expect(game.url).toBe(`${url.replace('127.0.0.1', 'localhost')}/game/`)
  expect(await body(`${url}/`)).toBe('home')
  expect(await body(`${url}/r/other`)).toBe('their r')
  expect(await body(`${url}/healthz`)).toBe('their 404')
  // Without assets even the rest below the path is theirs.
  expect(await body(`${url}/game/score`)).toBe('score')
  expect(await body(`${url}/game/r/snake`)).toBe('[]')
  expect(JSON.parse(await body(`${url}/game/healthz`))).toMatchObject({ ok: true })
  const ws = new WebSocket(`${url}/game/r/snake`.replace('http', 'ws'))
  await once(ws, 'open')
  const closed = once(ws, 'close')
  await game.stop()
  expect((await closed)[0]).toBe(4002)
  // Moved out: everything is theirs again, and their server runs on.
  expect(await body(`${url}/game/r/snake`)).toBe('their 404')
  expect(await body(`${url}/`)).toBe('home')
})

test('[GW27] with assets everything below the path is ours', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-page-'))
  await writeFile(join(folder, 'index.html'), 'our page')
  const server = createServer(app())
  const game = await serve({ ...quiet, server, path: '/game', assets: pathToFileURL(`${folder}/`) })
  const url = await listening(server)
  expect(await body(`${url}/game/`)).toBe('our page')
  expect(await body(`${url}/game`)).toBe('our page')
  expect(await body(`${url}/game/score`)).toBe('There is no such file.\n')
  expect(await body(`${url}/gamer`)).toBe('their 404')
  await game.stop()
  await rm(folder, { recursive: true })
})

test('[GW27] listeners for upgrades that came before or after keep theirs, and only theirs', async () => {
  const server = createServer(app())
  const before = new WebSocketServer({ server, path: '/chat' })
  before.on('connection', (ws) => ws.send('chat'))
  const game = await serve({ ...quiet, server })
  const url = (await listening(server)).replace('http', 'ws')
  const seen: string[] = []
  server.on('upgrade', (request) => seen.push(request.url ?? ''))
  const chat = new WebSocket(`${url}/chat`)
  expect(String((await once(chat, 'message'))[0])).toBe('chat')
  // The other WebSocket server would end it with a 400, had it heard of it.
  const ours = new WebSocket(`${url}/r/snake`)
  await once(ours, 'open')
  expect(seen).toEqual(['/chat'])
  chat.terminate()
  await game.stop()
  before.close()
})

test('[GW27] where nobody else takes upgrades, theirs stay plain requests', async () => {
  const server = createServer(app())
  const game = await serve({ ...quiet, server, path: '/game' })
  await listening(server)
  const socket = connect(game.port, '127.0.0.1')
  const answer = text(socket)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n')
  expect(await answer).toMatch(/^HTTP\/1.1 200 OK[^]*home$/)
  await game.stop()
})

test('[GW27] two games move in at one server', async () => {
  const server = createServer(app())
  const [one, two] = [
    await serve({ ...quiet, server, path: '/one' }),
    await serve({ ...quiet, server, path: '/two' }),
  ]
  const url = await listening(server)
  for (const path of ['one', 'two']) {
    expect(await body(`${url}/${path}/r/snake`)).toBe('[]')
    const ws = new WebSocket(`${url.replace('http', 'ws')}/${path}/r/snake`)
    await once(ws, 'open')
    ws.terminate()
  }
  // In the order in which they came, which leaves the second's front in place.
  await one.stop()
  expect(await body(`${url}/one/r/snake`)).toBe('their 404')
  expect(await body(`${url}/two/r/snake`)).toBe('[]')
  await two.stop()
  expect(await body(`${url}/two/r/snake`)).toBe('their 404')
})
