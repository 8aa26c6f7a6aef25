/* What a room says when it is full of work, or its inbox of entries: at the limit, and at one more. */
import { expect, test } from 'vitest'
import { quietHost } from '../../../../tests/quietHost.ts'
import { dialRaw, type RawDial } from '../test/raw.ts'
import { nothing } from '../wire/atoms.ts'
import { uint } from '../wire/numbers.ts'
import { virtualClock } from './clock.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'

const mill = protocol('mill', 1, {
  state: { sum: uint, busy: uint },
  inputs: { add: nothing, work: nothing },
  results: { worked: nothing },
})

/** A mill whose work never ends, with two seats and inputs as fast as one likes. */
function open() {
  const clock = virtualClock()
  const kind = mill.room(
    {
      create: () => ({ sum: 0, busy: 0 }),
      join: () => {},
      inputs: {
        add: (room) => void (room.state.sum += 1),
        work: (room) => room.later(() => new Promise<undefined>(() => {}), 'worked'),
      },
      results: {
        worked: (room, outcome) => void (!outcome.ok && outcome.code === 'BUSY' && (room.state.busy += 1)),
      },
    },
    { hz: 10, seats: 2, inputs: { perSecond: 1e6, burst: 1e6 } },
  )
  const host = quietHost({
    rooms: rooms('test:', { mill: kind }),
    clock,
  })
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) await Promise.resolve()
  }
  return {
    clock,
    settle,
    dial: async (dial: RawDial = {}) => {
      const raw = dialRaw(host, mill, dial)
      await settle()
      return raw
    },
  }
}

test.each([
  [64, 0],
  [65, 1],
])('[SF12] of %i pieces of slow work at once %i are told BUSY', async (pieces, busy) => {
  const { clock, settle, dial } = open()
  const ann = await dial()
  clock.advance(100)
  for (let at = 0; at < pieces; at++) ann.send('work')
  clock.advance(100)
  await settle()
  clock.advance(100)
  expect(ann.state).toEqual({ sum: 0, busy })
})

// 1,024 + 64 × 2 seats.
test.each([
  [1151, undefined],
  [1152, 'ROOM_BUSY'],
])('[SF12] with %i inputs in the inbox a join is told %s, and no input is lost', async (inputs, code) => {
  const { clock, dial } = open()
  const ann = await dial()
  clock.advance(100)
  for (let at = 0; at < inputs; at++) ann.send('add')
  const bob = await dial({ code: ann.welcome!.room })
  // These wait with Ann's connection, as far as they do not fit.
  for (let at = 0; at < 64; at++) ann.send('add')
  clock.advance(300)
  expect(bob.reason?.code).toBe(code)
  expect(bob.welcome === undefined).toBe(code !== undefined)
  expect([ann.state?.sum, ann.closed]).toEqual([inputs + 64, undefined])
})
