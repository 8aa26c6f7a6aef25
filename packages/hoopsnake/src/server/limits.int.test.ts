/* Each limit of the table in docs/server.md: what is at the limit passes, one more is answered as the table says. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  ended,
  frame,
  hearing,
  hello,
  inside,
  request,
  tooMany,
  upgrade,
} from '../../../../tests/rawSocket.ts'
import { create } from '../client/index.ts'
import { readReason } from '../core/frames/hello.ts'
import { down } from '../core/frames/kinds.ts'
import type { RoomKind } from '../core/kind.ts'
import abaci, { abacus } from '../test/contracts/place.rooms.ts'
import { Reader } from '../wire/reader.ts'
import type { Limits } from './gateway/limits.ts'
import type { ServeOptions } from './options.ts'
import type { Place } from './place/place.ts'
import { serve, type Server } from './serve.ts'

const rooms = { url: import.meta.url, kinds: new Map([['snake', {} as RoomKind]]) }

/** One room for all, that gives every frame back. */
const echo: Place = async () => ({
  link: {
    connect(pipe) {
      pipe.write(Uint8Array.of(200))
      return { receive: (frame) => pipe.write(frame.slice()), lost() {} }
    },
    list: () => Promise.resolve([]),
  },
  counts: { rooms: 0, seats: 0, watchers: 0, ticks: 0 },
  reports: [],
  stop: () => Promise.resolve(),
})

/** One that never says which rooms there are. */
const mute: Place = async (given) => {
  const place = await echo(given)
  return { ...place, link: { ...place.link, list: () => new Promise(() => {}) } }
}

async function start(limits: Limits = {}, options: Partial<ServeOptions> = {}) {
  const quiet = { log: () => {}, signals: false }
  const where = options.server === undefined ? { port: 0, host: '127.0.0.1' } : {}
  const server = await serve({ rooms, place: echo, limits, ...quiet, ...where, ...options })
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.stop() })
}

/** A client, and what it was told: `refused FLOOD`, `wait`, or the bytes. `ended` is the close code and reason. */
function client(server: Server, headers: Record<string, string> = {}) {
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}/r/snake`, { headers })
  const told: string[] = []
  ws.on('message', (data: Buffer) => {
    const kind =
      data[0] === down.REFUSED ? `refused ${readReason(new Reader(data.subarray(1))).code}` : undefined
    told.push(kind ?? (data[0] === down.WAIT ? 'wait' : [...data.subarray(0, 8)].join()))
  })
  const ended = once(ws, 'close').then((args) => {
    const [code, reason] = args as [number, Buffer]
    return `${code} ${reason.toString()}`.trim()
  })
  // A refusal that passes says when to dial again.
  const turnedAway = once(ws, 'unexpected-response').then((args) => {
    const { statusCode, headers: of } = args[1] as IncomingMessage
    return of['retry-after'] === undefined ? NaN : statusCode!
  })
  const opened = Promise.race([once(ws, 'open').then(() => 101), turnedAway])
  ws.on('error', () => {})
  return {
    ws,
    told,
    ended,
    opened,
    /** Comes in; resolves when it is. */
    async enter() {
      await opened
      ws.send(hello())
      await once(ws, 'message')
    },
    /** Resolves when all that was sent before has been answered, or the server has ended it. */
    async settled() {
      const pong = once(ws, 'pong')
      ws.ping()
      await Promise.race([pong, ended])
      return ws.readyState === WebSocket.OPEN
    },
  }
}

/** Dials so many times; gives the answers in order: 101, or the status with `retry-after`. */
async function dials(server: Server, count: number, headers?: Record<string, string>): Promise<number[]> {
  const answers: number[] = []
  for (let at = 0; at < count; at++) answers.push(await client(server, headers).opened)
  return answers
}

const all = (count: number, then: number): number[] => [...Array<number>(count).fill(101), then]

/** What shows that a limit holds, by how its row of the table begins. */
const cases: Record<string, () => Promise<void>> = {
  async '`limits.connections`'() {
    await using server = await start({ connections: 3 })
    expect(await dials(server, 4)).toEqual(all(3, 503))
  },

  async '`limits.perAddress`'() {
    await using server = await start({ perAddress: 3 })
    expect(await dials(server, 4)).toEqual(all(3, 429))
    await using other = await start({}, { proxies: 1 })
    expect(await dials(other, 257, { 'x-forwarded-for': '203.0.113.7' })).toEqual(all(256, 429))
    expect(await dials(other, 1, { 'x-forwarded-for': '203.0.113.8' })).toEqual([101])
  },

  async '`limits.dials`'() {
    await using server = await start({ dials: { perSecond: 0.001, burst: 3 } })
    expect(await dials(server, 4)).toEqual(all(3, 429))
  },

  async '`limits.requests`'() {
    await using server = await start({ requests: { perSecond: 0.001, burst: 3 } })
    const ask = async (path: string) => {
      const { status, headers } = await fetch(new URL(path, server.url))
      return headers.get('retry-after') === null ? status : [status, headers.get('connection')]
    }
    const asked: unknown[] = []
    for (const path of ['/', '/r/snake', '/none', '/r/snake']) asked.push(await ask(path))
    expect(asked).toEqual([404, 200, 404, [429, 'close']])
    expect(await ask('/healthz')).toBe(200)
    expect(await ask('/readyz')).toEqual([429, 'close'])
    expect(await dials(server, 1)).toEqual([101])
  },

  async '`limits.entering`'() {
    await using server = await start({ entering: 3 })
    expect(await dials(server, 2)).toEqual([101, 101])
    const third = client(server)
    expect(await third.opened).toBe(101)
    expect(await dials(server, 1)).toEqual([503])
    await third.enter()
    expect(await dials(server, 2)).toEqual([101, 503])
  },

  async '`limits.strikes`'() {
    await using server = await start({ strikes: { most: 3 }, frames: { perSecond: 0.001, burst: 2 } })
    const flood = async () => {
      const { ws, opened, ended } = client(server)
      expect(await opened).toBe(101)
      for (let at = 0; at < 3; at++) ws.ping()
      expect(await ended).toBe('4001 FLOOD')
    }
    const ann = client(server)
    await ann.enter()
    for (let at = 0; at < 4; at++) await flood()
    expect(await dials(server, 1)).toEqual([429])
    expect(ann.ws.readyState).toBe(WebSocket.OPEN)
  },

  async '`limits.frameBytes`'() {
    await using server = await start()
    const ann = client(server)
    await ann.enter()
    ann.ws.send(new Uint8Array(4096).fill(7))
    expect(await ann.settled()).toBe(true)
    expect(ann.told).toHaveLength(2)
    ann.ws.send(new Uint8Array(4097).fill(7))
    expect(await ann.ended).toBe('1009')
    expect(ann.told).toHaveLength(2)
  },

  async '`limits.frames`'() {
    await using server = await start({ frames: { perSecond: 0.001, burst: 200 } })
    const ann = client(server)
    await ann.enter()
    for (let at = 1; at < 199; at++) ann.ws.send(Uint8Array.of(7))
    // The ping that asks is the two hundredth.
    expect(await ann.settled()).toBe(true)
    ann.ws.send(Uint8Array.of(7))
    expect(await ann.ended).toBe('4001 FLOOD')
    expect(ann.told.at(-1)).toBe('refused FLOOD')
  },

  async '`limits.arrivals`'() {
    await using server = await start({ arrivals: { perSecond: 0.001, burst: 2 } })
    const told: string[] = []
    for (let at = 0; at < 3; at++) {
      const one = client(server)
      await one.enter()
      told.push(one.told[0]!)
    }
    expect(told).toEqual(['200', '200', 'wait'])
  },

  async '`limits.handshake`'() {
    await using server = await start({ handshake: 150 })
    const began = performance.now()
    const [ann, eve] = [client(server), client(server)]
    await ann.enter()
    expect(await eve.ended).toBe('4001 TOO_SLOW')
    expect(performance.now() - began).toBeGreaterThanOrEqual(149)
    expect(await ann.settled()).toBe(true)
  },

  async 'the same for the head of an HTTP request'() {
    await using server = await start({ handshake: 150 })
    expect(
      await ended(request(server.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')),
    ).toMatch(/ 200 OK/)
    const began = performance.now()
    expect(await ended(request(server.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n'))).toMatch(
      /^HTTP\/1.1 408/,
    )
    expect(performance.now() - began).toBeGreaterThanOrEqual(149)
    // A body that never comes: what was asked is answered, and the connection ended.
    const slow = request(server.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx')
    expect(await ended(slow)).toMatch(/ 200 OK/)
  },

  async '`limits.ping`'() {
    await using server = await start({ ping: 100 })
    const began = performance.now()
    await once(client(server).ws, 'ping')
    expect(performance.now() - began).toBeGreaterThanOrEqual(99)
  },

  async '`limits.silence`'() {
    await using server = await start({ ping: 50, silence: 1000 })
    const ann = client(server)
    await ann.enter()
    const began = performance.now()
    await ended(request(server.port, upgrade))
    expect(performance.now() - began).toBeGreaterThanOrEqual(999)
    expect(await ann.settled()).toBe(true)
  },

  async 'the same for who takes nothing of an answer'() {
    await using server = await start({ ping: 50, silence: 1000 }, { place: mute })
    const ann = client(server)
    await ann.enter()
    const began = performance.now()
    expect(await ended(request(server.port, 'GET /r/snake HTTP/1.1\r\nHost: x\r\n\r\n'))).toBe('')
    expect(performance.now() - began).toBeGreaterThanOrEqual(999)
    expect(await ann.settled()).toBe(true)
  },

  async '`limits.rooms`'() {
    await using server = await start({ rooms: 2 }, { rooms: abaci, place: undefined })
    const games = [await create(server.url, abacus, {}), await create(server.url, abacus, {})]
    await expect(create(server.url, abacus, {})).rejects.toMatchObject({ code: 'SERVER_FULL' })
    await Promise.all(games.map((game) => game.leave()))
  },

  async '`limits.stop`'() {
    const quick = await start({ stop: 10_000 })
    await quick.stop()
    const slow = await start(
      { stop: 100 },
      {
        place: async (given) => ({ ...(await echo(given)), stop: () => new Promise(() => {}) }),
      },
    )
    const began = performance.now()
    await expect(slow.stop()).rejects.toThrow(/closing the rooms took longer than 100 ms/)
    expect(performance.now() - began).toBeGreaterThanOrEqual(99)
  },

  async '2,048 characters of `ticket`'() {
    await using server = await start()
    const [ann, eve] = [client(server), client(server)]
    await Promise.all([ann.opened, eve.opened])
    ann.ws.send(hello('x'.repeat(2048)))
    expect(await ann.settled()).toBe(true)
    expect(ann.told).toEqual(['200'])
    eve.ws.send(hello('x'.repeat(2049)))
    expect(await eve.ended).toBe('4001 MALFORMED')
  },

  async '16 messages while `auth` is asked'() {
    await using server = await start({}, { auth: () => new Promise(() => {}) })
    const ann = client(server)
    await ann.opened
    ann.ws.send(hello())
    for (let at = 0; at < 16; at++) ann.ws.send(Uint8Array.of(7))
    expect(await ann.settled()).toBe(true)
    ann.ws.send(Uint8Array.of(7))
    expect(await ann.ended).toBe('4001 FLOOD')
  },

  async '16 fragments of a message'() {
    await using server = await start()
    const fragments = (count: number) =>
      Buffer.concat(
        Array.from({ length: count }, (_, at) =>
          frame((at === 0 ? 0x02 : 0x00) | (at === count - 1 ? 0x80 : 0), Uint8Array.of(at + 1)),
        ),
      )
    const socket = connect(server.port, '127.0.0.1')
    const { until } = await inside(socket)
    socket.write(fragments(16))
    await until(Buffer.of(0x82, 16, 1, 2, 3))
    socket.write(fragments(17))
    await until(tooMany)
    socket.destroy()
  },

  async '1,024 reads of one message'() {
    const http = createServer()
    const server = await start({}, { server: http })
    const [ours, theirs] = duplexPair()
    http.emit('connection', theirs)
    const { until } = await inside(ours)
    // The head is taken off before; what waits for the rest of the message is counted, a read for each byte.
    const dribble = async (length: number): Promise<void> => {
      const bytes = frame(0x82, new Uint8Array(length).fill(7))
      for (const part of [bytes.subarray(0, -length), ...bytes.subarray(-length)]) {
        await new Promise<void>((done) =>
          ours.write(typeof part === 'number' ? Buffer.of(part) : part, () => done()),
        )
      }
    }
    await dribble(1024)
    await until(Buffer.of(0x82, 126, 4, 0, 7))
    await dribble(1025)
    await until(tooMany)
    ours.destroy()
    await server.stop()
  },

  async '3 s to answer our close frame'() {
    await using server = await start()
    const socket = connect(server.port, '127.0.0.1')
    const { until } = await inside(socket)
    const began = performance.now()
    // Text, which no client of ours sends: refused and closed.
    socket.write(frame(0x81, Uint8Array.of(65)))
    await until('MALFORMED')
    await ended(socket)
    expect(performance.now() - began).toBeGreaterThanOrEqual(2999)
  },

  async '`limits.connections` + `limits.entering` TCP'() {
    await using server = await start({ connections: 2, entering: 1 })
    const ask = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    const [ann, bob, eve] = [
      request(server.port, ask),
      request(server.port, upgrade),
      request(server.port, ''),
    ]
    await Promise.all([once(ann, 'data'), once(bob, 'data'), once(eve, 'connect')])
    const gone: Socket[] = []
    for (const socket of [ann, bob, eve]) socket.once('close', () => gone.push(socket))
    // Answered once more: from now on it is not the one that has been idle the longest.
    ann.write(ask)
    await once(ann, 'data')
    expect(gone).toEqual([])
    const dan = request(server.port, ask)
    await Promise.all([once(dan, 'data'), once(eve, 'close')])
    expect(gone).toEqual([eve])
    for (const socket of [ann, bob, dan]) socket.destroy()
  },

  async '`limits.entering` answers'() {
    await using server = await start({ entering: 3 }, { place: mute })
    const ask = 'GET /r/snake HTTP/1.1\r\nHost: x\r\n\r\n'
    const sockets = [request(server.port, ask), request(server.port, ask), request(server.port, ask)]
    const first = ended(sockets[0]!)
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    expect(await Promise.race([first, dials(server, 1)])).toEqual([101])
    sockets.push(request(server.port, ask))
    expect(await first).toBe('')
    for (const socket of sockets) socket.destroy()
  },

  async '16 requests of a connection'() {
    await using server = await start({}, { place: mute })
    const ask = 'GET /r/snake HTTP/1.1\r\nHost: x\r\n\r\n'
    const socket = request(server.port, ask.repeat(16))
    const end = ended(socket)
    await once(socket, 'connect')
    expect(await Promise.race([end, dials(server, 1)])).toEqual([101])
    socket.write(ask)
    expect(await end).toBe('')
  },

  async '16 KiB head of an HTTP request'() {
    await using server = await start()
    const asked = async (bytes: number) => {
      const head = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: '
      const socket = request(server.port, `${head}${'y'.repeat(bytes - head.length - 4)}\r\n\r\n`)
      return (await ended(socket)).slice(9, 12)
    }
    expect([await asked(16_384), await asked(16_384 + 64)]).toEqual(['200', '431'])
  },

  async '5 s of idle keep-alive'() {
    await using server = await start()
    const began = performance.now()
    const socket = request(server.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await hearing(socket).until('Keep-Alive: timeout=5')
    await ended(socket)
    expect(performance.now() - began).toBeGreaterThanOrEqual(4999)
  },
}

/** Rows that are of rooms, stores and clients, not of the gateway: the rules whose tests try them in virtual time. */
const rules: Record<string, string> = {
  '`limits.drain`': 'OP12',
  '1,000 rooms in a list': 'SF16',
  '64 inputs of a seat': 'SE6',
  "1,024 + 64 × seats entries in a room's inbox": 'SF12',
  '64 KiB unsent, or 2 s of ticks unconfirmed': 'SY4',
  '1,000 refusals, or 4,000 frames': 'SF13',
  '256 KiB of events': 'SY7',
  '64 pieces of slow work': 'SF12',
  '10 s for `load`': 'RM6',
  '100 inputs of a client': 'CL7',
  '5 s for another writer': 'ST7',
  '1,000 events kept for one seat': 'SE9',
}

/** Gives what each row of the table limits: its option, or where there is none what it says. */
async function documented(): Promise<string[]> {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/server.md'), 'utf8')
  const table = page.split('## Limits\n\n')[1]!.split('\n\n')[0]!
  const rows = table.split('\n').slice(2)
  return rows.map((row) => {
    const [, option = '', what = ''] = row.split('|').map((cell) => cell.trim())
    return option.startsWith('`') ? option : what
  })
}

test('[SF11] every row of the documented table of limits is tried, and nothing else is', async () => {
  const tried = [...Object.keys(cases), ...Object.keys(rules)]
  const rows = await documented()
  const longest = (row: string): string | undefined =>
    tried.filter((begin) => row.startsWith(begin)).sort((a, b) => b.length - a.length)[0]
  expect(rows.filter((row) => longest(row) === undefined)).toEqual([])
  expect(new Set(rows.map(longest))).toEqual(new Set(tried))
  expect(rows).toHaveLength(tried.length)
  const spec = await readFile(join(import.meta.dirname, '../../../../SPEC.md'), 'utf8')
  expect(Object.values(rules).filter((id) => !spec.includes(`**${id}** `))).toEqual([])
})

test.concurrent.each(Object.entries(cases))('[SF11] %s: at the limit, and one more', async (_, holds) => {
  await holds()
})
