import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { readReason, writeHello, readWelcome } from '../../core/frames/hello.ts'
import { down, WIRE } from '../../core/frames/kinds.ts'
import { rooms } from '../../core/kind.ts'
import { protocol } from '../../core/protocol.ts'
import { uint } from '../../wire/numbers.ts'
import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'
import { serve, type Server } from '../serve.ts'
import { sqlite } from '../store/sqlite.ts'
import { inline } from './inline.ts'

const sum = protocol('sum', 1, { state: { total: uint }, inputs: { add: uint } })
const room = sum.room(
  {
    create: () => ({ total: 0 }),
    inputs: { add: (r, _seat, by) => void (r.state.total += by) },
  },
  { hz: 'events', save: { every: '1s' } },
)
const given = {
  rooms: rooms(import.meta.url, { room }),
  place: inline(),
  port: 0,
  host: '127.0.0.1',
  signals: false,
  log: () => {},
}

/** Joins by hand; gives the frames as they come. */
async function dial(server: Server, code = '') {
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}/r/sum/${code}`)
  const frames: Uint8Array[] = []
  let wake: (() => void) | undefined
  ws.on('message', (data: Buffer) => {
    frames.push(Uint8Array.from(data))
    wake?.()
  })
  await once(ws, 'open')
  const w = new Writer()
  writeHello(w, {
    wire: WIRE,
    protocol: 'sum',
    hash: sum.hash,
    ticket: '',
    intent: 'join',
    ask: new Uint8Array(),
  })
  ws.send(w.take())
  return {
    ws,
    /** Gives the body of the next frame of that kind. */
    async next(kind: number): Promise<Reader> {
      for (;;) {
        const frame = frames.shift()
        if (frame?.[0] === kind) return new Reader(frame.subarray(1))
        if (frame === undefined) await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

test('[PL1] a dial opens a room in this thread, and a second one finds it in the list', async () => {
  const server = await serve(given)
  const first = await dial(server)
  const { room: code, seat } = readWelcome(await first.next(down.WELCOME))
  expect(seat).toBe(1)
  expect(await (await fetch(`${server.url}r/sum`)).json()).toEqual([
    { code, seats: 1, seatsMax: 16, watchers: 0 },
  ])
  const second = await dial(server, code)
  expect(readWelcome(await second.next(down.WELCOME))).toMatchObject({ room: code, seat: 2 })
  expect(server.counts).toMatchObject({ rooms: 1, seats: 2, connections: 2 })
  const lost = await dial(server, 'NOSUCH')
  expect(readReason(await lost.next(down.REFUSED)).code).toBe('UNKNOWN_ROOM')
  await server.stop()
})

test('[PL2] a saved room is open again after a restart', async () => {
  const folder = await mkdtemp(joinPath(tmpdir(), 'hoopsnake-place-'))
  const path = joinPath(folder, 'sum.db')
  const before = await serve({ ...given, store: sqlite(path) })
  const first = await dial(before)
  const { room: code } = readWelcome(await first.next(down.WELCOME))
  await before.stop()
  const after = await serve({ ...given, store: sqlite(path) })
  const again = await dial(after, code)
  expect(readWelcome(await again.next(down.WELCOME))).toMatchObject({ room: code })
  await after.stop()
  await rm(folder, { recursive: true })
})
