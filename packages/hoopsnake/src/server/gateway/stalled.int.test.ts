import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { writeHello } from '../../core/frames/hello.ts'
import { down } from '../../core/frames/kinds.ts'
import { rooms } from '../../core/kind.ts'
import type { Link } from '../../core/link.ts'
import { protocol } from '../../core/protocol.ts'
import { dialRaw } from '../../test/raw.ts'
import { uint } from '../../wire/numbers.ts'
import { bytes } from '../../wire/text.ts'
import { Writer } from '../../wire/writer.ts'
import { serve } from '../serve.ts'

const SIZE = 100_000

/** All bytes of a tick say which one it is. */
const stamps = protocol('stamps', 1, { state: { tick: uint, noise: bytes(SIZE) } })

const room = stamps.room(
  {
    create: () => ({ tick: 0, noise: new Uint8Array() }),
    inputs: {},
    tick({ state, tick }) {
      state.tick = tick
      state.noise = new Uint8Array(SIZE).fill(tick)
    },
  },
  { hz: 50 },
)

/** Dials over real sockets. A reader confirms whatever comes; `hashes` has each frame that came, by kind and tick. */
function reader(port: number) {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/r/stamps`)
  const hashes = new Map<string, string>()
  const link: Link = {
    connect(pipe, { hello }) {
      const w = new Writer()
      writeHello(w, hello)
      ws.on('open', () => ws.send(w.take()))
      ws.on('message', (frame: Buffer) => {
        pipe.write(frame)
        const kind = frame[0]!
        if (kind !== down.FULL && kind !== down.DELTA) return
        hashes.set(`${kind} ${raw.tick}`, createHash('sha256').update(frame).digest('hex'))
        // A delta on another tick has thrown in `raw` by now; this finds bytes of another tick within one.
        const { tick, noise } = raw.state!
        if (tick !== raw.tick || !noise.every((byte) => byte === (tick & 0xff)))
          throw new Error(`tick ${raw.tick} has the bytes of another`)
        raw.confirm()
      })
      return { receive: (frame) => ws.send(frame), lost: () => ws.terminate() }
    },
    list: () => Promise.resolve([]),
  }
  const raw = dialRaw(link, stamps)
  return { ws, raw, hashes }
}

test('[SY2] a reader that stands still gets, byte for byte, what was sent: no buffer is written again', async () => {
  const server = await serve({
    rooms: rooms(import.meta.url, { room }),
    port: 0,
    host: '127.0.0.1',
    log: () => {},
  })
  try {
    const readers = Array.from({ length: 4 }, () => reader(server.port))
    const [steady, ...others] = readers as [ReturnType<typeof reader>, ...ReturnType<typeof reader>[]]
    const until = (reached: () => boolean) =>
      vi.waitFor(() => expect(reached()).toBe(true), { timeout: 20_000, interval: 5 })
    await until(() => readers.every(({ raw }) => raw.deltas > 5))
    // Twice: once in the middle of what the system holds, once for longer than anybody holds anything.
    for (const ticks of [20, 120]) {
      for (const { ws } of others) ws.pause()
      const stop = steady.raw.tick + ticks
      await until(() => steady.raw.tick > stop)
      for (const { ws } of others) ws.resume()
      await until(() => others.every(({ raw }) => raw.tick > stop))
    }
    expect(steady.raw.fulls).toBe(1)
    expect(others.every(({ raw }) => raw.fulls > 1)).toBe(true)
    for (const { hashes } of others) {
      const same = [...hashes].filter(([key]) => steady.hashes.has(key))
      expect(same.length).toBeGreaterThan(20)
      expect(same).toEqual(same.map(([key]) => [key, steady.hashes.get(key)]))
    }
    for (const { ws } of readers) ws.terminate()
  } finally {
    await server.stop()
  }
})
