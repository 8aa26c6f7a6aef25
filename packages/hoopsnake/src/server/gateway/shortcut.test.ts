import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { afterTurn } from '../clock.ts'
import { createShortcut } from './shortcut.ts'

const MOST = 300

/** Until what was pushed has been heard. */
const turn = (): Promise<void> => new Promise(afterTurn)

/** A frame as a client sends it, or nearly. */
interface Frame {
  /** First byte: FIN, reserved bits, kind. */
  readonly head: number
  readonly payload: Uint8Array
  readonly masked: boolean
  /** Whether the length is written in two bytes though one would do. */
  readonly wide: boolean
}

function bytesOf({ head, payload, masked, wide }: Frame): Buffer {
  const { length } = payload
  const size = length > 125 || wide ? [126, length >> 8, length & 0xff] : [length]
  const mask = masked ? [1, 2, 3, 4] : []
  size[0]! |= masked ? 0x80 : 0
  return Buffer.from([head, ...size, ...mask, ...payload.map((byte, i) => byte ^ (mask[i & 3] ?? 0))])
}

/** What a server makes of chunks: the events of its WebSocket, what it answers, whether its socket goes on. */
async function hear(chunks: readonly Buffer[], short: boolean): Promise<unknown> {
  const events: unknown[] = []
  const answers: string[] = []
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _, done) {
      answers.push(chunk.toString('hex'))
      done()
    },
  })
  const server = new WebSocketServer({ noServer: true, maxPayload: MOST, autoPong: false, maxFragments: 3 })
  const ws = await new Promise<WebSocket>((resolve) => {
    const headers = {
      upgrade: 'websocket',
      connection: 'upgrade',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-version': '13',
    }
    const request = Object.assign(new EventEmitter(), { method: 'GET', url: '/', headers, socket })
    server.handleUpgrade(request as unknown as IncomingMessage, socket, Buffer.alloc(0), (opened) => {
      if (short) createShortcut(MOST)(opened, socket)
      resolve(opened)
    })
  })
  ws.on('message', (data: Buffer, binary) => events.push(['message', data.toString('hex'), binary]))
  ws.on('ping', (data) => events.push(['ping', data.toString('hex')]))
  ws.on('pong', (data) => events.push(['pong', data.toString('hex')]))
  ws.on('error', ({ message }) => events.push(['error', message]))
  ws.on('close', (code, reason) => events.push(['close', code, reason.toString()]))
  for (const chunk of chunks) {
    // A copy: hearing unmasks where the bytes lie.
    socket.push(Buffer.from(chunk))
    await turn()
  }
  const open = ws.readyState
  ws.terminate()
  await turn()
  return { events, answers: answers.slice(1), open }
}

const usual = fc.constantFrom(0x82, 0x82, 0x82, 0x82, 0x89, 0x8a)
const unusual = fc.constantFrom(0x02, 0x80, 0x00, 0x81, 0x88, 0xc2, 0x92, 0x83, 0x8b, 0x09)
const frame = (head: fc.Arbitrary<number>): fc.Arbitrary<Frame> =>
  fc.record({
    head,
    payload: fc.oneof(
      { weight: 6, arbitrary: fc.uint8Array({ maxLength: 20 }) },
      fc.constantFrom(125, 126, MOST, MOST + 1).map((length) => new Uint8Array(length).fill(7)),
    ),
    masked: fc.integer({ min: 0, max: 30 }).map((dice) => dice > 0),
    wide: fc.integer({ min: 0, max: 10 }).map((dice) => dice === 0),
  })
const story = fc.array(fc.oneof({ weight: 8, arbitrary: frame(usual) }, frame(unusual)), { maxLength: 12 })

/** Cuts bytes at shares of their length; none: they come in one. */
function cut(bytes: Buffer, shares: readonly number[]): Buffer[] {
  const at = [
    0,
    ...shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b),
    bytes.length,
  ]
  return at
    .slice(1)
    .map((end, i) => bytes.subarray(at[i], end))
    .filter(({ length }) => length > 0)
}

test('[GW33] whatever comes, and however it is cut, is heard as ws alone hears it', async () => {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(story, cuts, fc.boolean(), async (frames, shares, whole) => {
      const each = frames.map(bytesOf)
      const chunks = whole ? each : cut(Buffer.concat(each), shares)
      expect(await hear(chunks, true)).toEqual(await hear(chunks, false))
    }),
    { numRuns: 400 },
  )
})

test('[GW33] frames that come whole do not go through ws, and the first one that does not takes its socket back', async () => {
  const socket = new Duplex({ read() {}, write: (_chunk, _, done) => done() })
  const through: string[] = []
  socket.on('data', (chunk: Buffer) => through.push(chunk.toString('hex')))
  const told: string[] = []
  const ws = { emit: (event: string, data: Buffer) => told.push(`${event} ${data.toString('hex')}`) }
  createShortcut(MOST)(ws as unknown as WebSocket, socket)
  const whole = bytesOf({ head: 0x82, payload: Uint8Array.of(1, 2), masked: true, wide: false })
  const ping = bytesOf({ head: 0x89, payload: Uint8Array.of(3), masked: true, wide: false })
  socket.push(Buffer.concat([whole, ping]))
  await turn()
  expect([told, through]).toEqual([['message 0102', 'ping 03'], []])
  socket.push(Buffer.concat([whole, ping.subarray(0, 3)]))
  await turn()
  socket.push(Buffer.concat([ping.subarray(3), whole]))
  await turn()
  expect(told).toHaveLength(3)
  expect(through.join('')).toBe(Buffer.concat([ping, whole]).toString('hex'))
})
