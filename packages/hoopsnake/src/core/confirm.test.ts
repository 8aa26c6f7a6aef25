import { expect, test } from 'vitest'
import { quietHost } from '../../../../tests/quietHost.ts'
import { dialRaw, type Raw } from '../test/raw.ts'
import { uint } from '../wire/numbers.ts'
import { virtualClock } from './clock.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'

const pit = protocol('pit', 1, { join: {}, state: { beats: uint }, inputs: { add: uint } })

/** Opens a room that ticks `hz` times a second and lets a player in, at 200 ms. */
async function enter(hz: number): Promise<{ ann: Raw<typeof pit>; advance: (ms: number) => void }> {
  const clock = virtualClock()
  const host = quietHost({
    rooms: rooms('test:', {
      kind: pit.room(
        {
          create: () => ({ beats: 0 }),
          inputs: { add: (room, _seat, by) => void (room.state.beats += by) },
          tick: (room) => void (room.state.beats += 1),
        },
        { hz },
      ),
    }),
    clock,
  })
  const ann = dialRaw(host, pit, { ask: {} })
  for (let i = 0; i < 50; i++) await Promise.resolve()
  clock.advance(200)
  return { ann, advance: (ms) => clock.advance(ms) }
}

test('[SE8] a CONFIRM is answered with the next frame, and that it waited is no part of the way', async () => {
  const { ann, advance } = await enter(10)
  advance(50)
  ann.confirm()
  expect(ann.pongs).toEqual([])
  advance(50)
  // The client's own time, 0, takes along what it waited.
  expect(ann.pongs).toEqual([{ echo: 50, time: 300, tick: 3, due: 300 }])
})

test('[SE8] an input that asks is answered as a CONFIRM is, and applied', async () => {
  const { ann, advance } = await enter(10)
  advance(50)
  ann.sendTimed('add', 1)
  expect(ann.pongs).toEqual([])
  advance(50)
  expect([ann.ack, ann.pongs]).toEqual([1, [{ echo: 50, time: 300, tick: 3, due: 300 }]])
})

test('[SE8] a CONFIRM is answered at once where no frame comes soon', async () => {
  const { ann, advance } = await enter(5)
  advance(50)
  ann.confirm()
  expect(ann.pongs).toEqual([{ echo: 0, time: 250, tick: 1, due: 200 }])
})

test('[SE8] [SY3] who has something of its own, or is skipped, is answered as well', async () => {
  const { ann, advance } = await enter(10)
  ann.confirm()
  ann.send('add', 1)
  advance(100)
  expect([ann.pongs.length, ann.ack]).toEqual([1, 1])
  advance(3000)
  const { deltas } = ann
  ann.confirm(0)
  advance(100)
  expect([ann.pongs.length, ann.deltas]).toEqual([2, deltas])
})
