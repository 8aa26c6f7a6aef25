import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { readReason, writeHello } from '../../core/frames/hello.ts'
import { down, WIRE } from '../../core/frames/kinds.ts'
import type { RoomKind } from '../../core/kind.ts'
import type { Arrival } from '../../core/link.ts'
import type { Pipe } from '../../core/pipe.ts'
import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'
import type { ServeOptions } from '../options.ts'
import type { Place } from '../place/place.ts'
import { serve, type Server } from '../serve.ts'

const rooms = { url: import.meta.url, kinds: new Map([['snake', {} as RoomKind]]) }

/** A server whose one room gives every frame back; what happens to it is in `story`. */
async function start(options: Partial<ServeOptions> = {}) {
  const story: string[] = []
  const arrivals: Arrival[] = []
  const pipes: Pipe[] = []
  const gone = Promise.withResolvers<void>()
  const place: Place = async () => ({
    link: {
      connect(pipe, arrival) {
        arrivals.push(arrival)
        pipes.push(pipe)
        pipe.write(Uint8Array.of(200))
        return {
          receive: (frame) => pipe.write(frame),
          lost() {
            story.push('lost')
            gone.resolve()
          },
        }
      },
      list: () => Promise.resolve([]),
    },
    counts: { rooms: 0, seats: 0, watchers: 0, ticks: 0 },
    reports: [],
    stop: () => Promise.resolve(),
  })
  const log = (level: string, message: string): void => void story.push(`${level}: ${message}`)
  const server = await serve({ rooms, place, log, port: 0, host: '127.0.0.1', signals: false, ...options })
  return { server, story, arrivals, pipes, gone: gone.promise, [Symbol.asyncDispose]: () => server.stop() }
}

function hello(): Uint8Array {
  const w = new Writer()
  writeHello(w, { wire: WIRE, protocol: 'snake', hash: 1, ticket: '', intent: 'watch' })
  return w.take()
}

/** A client that notes frames as they come, and how it ended. */
function dial(
  server: Server,
  { path = '/r/snake', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
) {
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
  const frames: string[] = []
  const { promise: closed, resolve, reject } = Promise.withResolvers<string>()
  closed.catch(() => {})
  ws.on('message', (data: Buffer) => {
    const kind =
      data[0] === down.REFUSED ? `refused ${readReason(new Reader(data.subarray(1))).code}` : [...data].join()
    frames.push(kind)
  })
  ws.on('close', (code, reason) => resolve(`${code} ${reason.toString()}`))
  ws.on('error', reject)
  return { ws, frames, closed }
}

/** A raw socket, upgraded by hand. */
async function upgraded(server: Server): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(upgradeRequest())
  await once(socket, 'data')
  return socket
}

function upgradeRequest(path = '/r/snake'): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

test('[GW1] HELLO, a welcome, and frames both ways', async () => {
  await using given = await start()
  const { ws, frames } = dial(given.server, { path: '/r/snake/AB12' })
  await once(ws, 'open')
  ws.send(hello())
  await once(ws, 'message')
  for (const size of [1, 125, 126, 4096]) {
    ws.send(Buffer.alloc(size, 9))
    const [data] = (await once(ws, 'message')) as [Buffer]
    expect(data).toEqual(Buffer.alloc(size, 9))
  }
  given.pipes[0]!.write(Uint8Array.of(51), Uint8Array.of(50))
  await once(ws, 'message')
  await new Promise((resolve) => (frames.at(-1) === '51' ? resolve(0) : ws.once('message', resolve)))
  expect(frames.slice(-2)).toEqual(['50', '51'])
  expect(given.arrivals[0]).toMatchObject({ code: 'AB12', address: '127.0.0.1', user: undefined })
  ws.close(4000)
  await given.gone
  expect(given.server.counts.connections).toBe(0)
})

test('[GW13] a large frame arrives whole', async () => {
  await using given = await start()
  const { ws } = dial(given.server)
  await once(ws, 'open')
  ws.send(hello())
  await once(ws, 'message')
  const large = Uint8Array.from({ length: 100_000 }, (_, at) => at)
  given.pipes[0]!.write(large)
  const [data] = (await once(ws, 'message')) as [Buffer]
  expect(Buffer.compare(data, large)).toBe(0)
  ws.terminate()
})

test('[GW2] text, and bytes that are no HELLO, are refused in words and closed with 4001', async () => {
  await using given = await start()
  for (const bad of ['hello', Buffer.from('hello'), Buffer.alloc(0), Buffer.alloc(4096, 255)]) {
    const { ws, frames, closed } = dial(given.server)
    await once(ws, 'open')
    ws.send(bad)
    expect(await closed).toBe('4001 MALFORMED')
    expect(frames).toEqual(['refused MALFORMED'])
  }
})

test('[GW23] a message beyond the limit ends the connection unread', async () => {
  await using given = await start({ limits: { frameBytes: 100 } })
  const { ws, closed } = dial(given.server)
  await once(ws, 'open')
  ws.send(hello())
  await once(ws, 'message')
  ws.send(Buffer.alloc(100))
  await once(ws, 'message')
  ws.send(Buffer.alloc(101))
  expect(await closed).toBe('1009 ')
  await given.gone
})

test('[GW23] frames that break RFC 6455 end the connection', async () => {
  await using given = await start()
  const mask = '00000000'
  const broken = [
    ['an unmasked frame', '820101', '03ea'],
    ['a reserved bit', `c280${mask}`, '03ea'],
    ['an unknown opcode', `8380${mask}`, '03ea'],
    ['a long ping', `89fe007e${mask}`, '03ea'],
    ['a fragmented ping', `0980${mask}`, '03ea'],
    ['a continuation of nothing', `8080${mask}`, '03ea'],
    ['a length of 2^63', `82ffffffffffffffffff${mask}`, '03f1'],
  ]
  for (const [what, bytes = '', code] of broken) {
    const socket = await upgraded(given.server)
    const answer = once(socket, 'data')
    socket.write(Buffer.from(bytes, 'hex'))
    const [data] = (await answer) as [Buffer]
    expect([what, data.subarray(0, 4).toString('hex')]).toEqual([what, `8802${code}`])
    socket.destroy()
  }
})

test('[GW23] a message in endless fragments ends the connection', async () => {
  await using given = await start()
  const socket = await upgraded(given.server)
  const answer = once(socket, 'data')
  socket.write(Buffer.from(`0280${'00000000'}${`0080${'00000000'}`.repeat(50)}`, 'hex'))
  const [data] = (await answer) as [Buffer]
  expect(data.subarray(0, 4).toString('hex')).toBe('880203f0')
  socket.destroy()
})

test('[GW12] a page of another origin gets no socket; one of this host, one in the list and a program do', async () => {
  await using given = await start({ origins: ['https://portal.example'] })
  const foreign = dial(given.server, { headers: { origin: 'https://evil.example' } })
  const [, response] = (await once(foreign.ws, 'unexpected-response')) as [
    unknown,
    NodeJS.ReadableStream & { statusCode: number },
  ]
  expect(response.statusCode).toBe(403)
  expect(await text(response)).toBe(
    'Pages of https://evil.example may not dial here; name it in `origins`.\n',
  )
  for (const origin of [`http://127.0.0.1:${given.server.port}`, 'https://portal.example', undefined]) {
    const { ws } = dial(given.server, { headers: origin === undefined ? {} : { origin } })
    await once(ws, 'open')
    ws.terminate()
  }
})

test('[GW6] a client that says nothing is refused when its time is over', async () => {
  await using given = await start({ limits: { handshake: 20 } })
  const { frames, closed } = dial(given.server)
  expect(await closed).toBe('4001 TOO_SLOW')
  expect(frames).toEqual(['refused TOO_SLOW'])
})

test('[GW7] a flood is refused in words and closed', async () => {
  await using given = await start({ limits: { frames: { perSecond: 1, burst: 50 } } })
  const { ws, frames, closed } = dial(given.server)
  await once(ws, 'open')
  ws.send(hello())
  await once(ws, 'message')
  for (let i = 0; i < 1000; i++) ws.send(Uint8Array.of(9))
  expect(await closed).toBe('4001 FLOOD')
  expect(frames.slice(-1)).toEqual(['refused FLOOD'])
  expect(frames.filter((frame) => frame === '9')).toHaveLength(49)
})

test('[GW7] a flood of pings is a flood', async () => {
  await using given = await start({ limits: { frames: { perSecond: 1, burst: 50 } } })
  const { ws, closed } = dial(given.server)
  await once(ws, 'open')
  for (let i = 0; i < 100; i++) ws.ping()
  expect(await closed).toBe('4001 FLOOD')
})

test('[GW7] pings are answered, as many in one segment as a flood needs, which ends in its own code', async () => {
  await using given = await start()
  const socket = await upgraded(given.server)
  let heard = ''
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('hex')))
  // Twice what is allowed at once: on a slow machine the first one too many has its token by the time it is read.
  socket.write(Buffer.from(`8981${'00000000'}2a`.repeat(400), 'hex'))
  await expect.poll(() => heard).toContain('88070fa1464c4f4f44')
  expect(heard.startsWith('8a012a'.repeat(200))).toBe(true)
  socket.destroy()
})

test('[GW8] a client that answers no ping is cut', async () => {
  await using given = await start({ limits: { ping: 10, silence: 40 } })
  const socket = await upgraded(given.server)
  await once(socket.resume(), 'close')
  expect(given.story).toContain('info: a client fell silent')
})

test('[GW8] a client that answers pings stays', async () => {
  await using given = await start({ limits: { ping: 10, silence: 200 } })
  const { ws } = dial(given.server)
  await once(ws, 'open')
  ws.send(hello())
  for (let i = 0; i < 30; i++) await once(ws, 'ping')
  expect(ws.readyState).toBe(WebSocket.OPEN)
  ws.terminate()
})

test('[GW24] beyond the most connections an upgrade is answered 503, until one has left', async () => {
  await using given = await start({ limits: { connections: 2 } })
  const [first, second] = [dial(given.server), dial(given.server)]
  await Promise.all([once(first.ws, 'open'), once(second.ws, 'open')])
  const third = dial(given.server)
  const [, response] = (await once(third.ws, 'unexpected-response')) as [
    unknown,
    NodeJS.ReadableStream & { statusCode: number },
  ]
  expect([response.statusCode, await text(response)]).toEqual([
    503,
    'The server has no place for another room or connection.\n',
  ])
  first.ws.send('leave')
  await first.closed
  const fourth = dial(given.server)
  await once(fourth.ws, 'open')
  for (const { ws } of [second, fourth]) ws.terminate()
})

test('[GW25] upgrades that are none are answered, and end', async () => {
  await using given = await start()
  const { port } = given.server
  const say = async (request: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    const answer = text(socket)
    socket.end(request)
    return (await answer).slice(0, 12)
  }
  expect(await say(upgradeRequest('/r/'))).toBe('HTTP/1.1 400')
  expect(await say(upgradeRequest('/elsewhere'))).toBe('HTTP/1.1 404')
  expect(await say(upgradeRequest('/r/snake/%2e%2e'))).toBe('HTTP/1.1 400')
  expect(await say(upgradeRequest().replace('Upgrade: websocket', 'Upgrade: h2c'))).toBe('HTTP/1.1 200')
  expect(await say(upgradeRequest().replace(/Sec-WebSocket-Key.*\r\n/, ''))).toBe('HTTP/1.1 400')
  expect(await say(upgradeRequest().replace('GET', 'POST'))).toBe('HTTP/1.1 405')
  expect(given.server.counts.connections).toBe(0)
})

test('[GW25] an upgrade that breaks off in the middle leaves nothing behind', async () => {
  await using given = await start()
  const whole = upgradeRequest() + '\u0082'
  for (const end of [10, 60, whole.length - 3, whole.length]) {
    const socket = connect(given.server.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(whole.slice(0, end), 'latin1')
    socket.destroySoon()
    await once(socket.resume(), 'close')
  }
  const { ws } = dial(given.server)
  await once(ws, 'open')
  expect((await fetch(`${given.server.url}healthz`)).status).toBe(200)
  ws.terminate()
})

test('[GW26] a first frame in the same segment as the upgrade is not lost', async () => {
  await using given = await start()
  const socket = connect(given.server.port, '127.0.0.1')
  const frame = Buffer.concat([Buffer.from([0x82, 0x80 | hello().length, 0, 0, 0, 0]), hello()])
  socket.write(Buffer.concat([Buffer.from(upgradeRequest()), frame]))
  let seen = ''
  for await (const chunk of socket) {
    seen += (chunk as Buffer).toString('latin1')
    if (seen.endsWith('\u0082\u0001\u00c8')) break
  }
  expect(given.arrivals).toHaveLength(1)
})
