import { beforeEach, expect, test } from 'vitest'
import { enterRaw, settle } from '../../../../tests/enterRaw.ts'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { dialRaw } from '../test/raw.ts'
import { nothing } from '../wire/atoms.ts'
import { uint } from '../wire/numbers.ts'
import type { VirtualClock } from './clock.ts'
import { virtualClock } from './clock.ts'
import { refuse } from './errors.ts'
import type { Host } from './host.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'
import { memoryStore } from './store.ts'

const hall = protocol('hall', 1, {
  state: { called: uint },
  inputs: { call: nothing, beg: nothing, crash: nothing },
  events: { called: uint, heard: uint },
})

let crashing: boolean

const room = hall.room(
  {
    create: () => ({ called: 0 }),
    inputs: {
      call(inside, seat) {
        inside.broadcast('called', (inside.state.called += 1))
        inside.send(seat, 'heard', inside.state.called)
      },
      beg: () => refuse('NO', 'no'),
      crash: () => void (crashing = true),
    },
    tick() {
      if (!crashing) return
      crashing = false
      throw new Error('as was asked for')
    },
  },
  { hz: 10, save: { every: '5s' } },
)

let clock: VirtualClock
let host: Host
const store = memoryStore()

beforeEach(async () => {
  crashing = false
  clock = virtualClock()
  for (const key of await store.keys('')) await store.remove(key)
  host = quietHost({ rooms: rooms('test:', { room }), clock, store })
})

const enter = (dial: RawDial = {}): Promise<Raw<typeof hall>> =>
  enterRaw({ link: host, clock, tick: 100 }, hall, dial)

const back = ({ welcome, tick }: Raw<typeof hall>): RawDial => {
  const { room: code, token, epoch } = welcome!
  return { intent: 'resume', code, token, epoch, tick }
}

const told = (raw: Raw<typeof hall>) =>
  raw.told.map(({ event, value }) => `${event ? 'heard' : 'called'} ${String(value)}`)

/** Stops the server, and starts another one over the same store. */
async function restart(): Promise<void> {
  await host.stop()
  host = quietHost({ rooms: rooms('test:', { room }), clock, store })
  await host.restore()
}

test('[SE15] what a player had not got when the server stopped is told by the next one, once and in order', async () => {
  const ann = await enter()
  const had = { ...back(ann) }
  ann.send('call')
  ann.send('beg')
  ann.send('call')
  clock.advance(100)
  expect(told(ann)).toHaveLength(4)
  const whole = back(ann)
  ann.lose()
  await restart()
  // As if nothing of that had come.
  const again = await enter(had)
  expect(told(again)).toEqual(['called 1', 'heard 1', 'called 2', 'heard 2'])
  expect([again.refusals, again.ack, again.missed]).toEqual([[{ seq: 2, code: 'NO', message: 'no' }], 3, 0])
  await restart()
  // Two lives later, and as if all had come.
  expect(told(await enter(whole))).toEqual([])
})

test('[SE15] where the lives part is said: what came later never was', async () => {
  const ann = await enter()
  await restart()
  const { tick: fork } = (await enter(back(ann))).welcome!
  clock.advance(1000)
  await host.stop()
  const again = await enter({ ...back(ann), tick: 99 })
  expect(again.reason?.code).toBe('STOPPING')
  host = quietHost({ rooms: rooms('test:', { room }), clock, store })
  await host.restore()
  expect((await enter({ ...back(ann), tick: 99 })).welcome).toMatchObject({ epoch: 3, fork })
})

test('[SE15] a CONFIRM of the life before that comes late confirms nothing of the new one', async () => {
  const ann = await enter()
  for (let second = 0; second < 6; second++) {
    clock.advance(1000)
    ann.confirm()
  }
  const before = back(ann)
  crashing = true
  clock.advance(100)
  await settle()
  expect(ann.tick).toBeLessThan(before.tick!)
  ann.send('call')
  while (ann.tick < before.tick!) clock.advance(100)
  expect(told(ann)).toHaveLength(2)
  // All of that was on its way when the line broke, and so was what the client had said of the tick of that number.
  ann.confirm(before.tick)
  ann.lose()
  expect(told(await enter(before))).toEqual(['called 1', 'heard 1'])
})

test('[ND3] who dials in the turn in which the room crashes comes into the one that takes its place', async () => {
  const ann = await enter()
  clock.advance(6000)
  ann.send('crash')
  const raw = dialRaw(host, hall, back(ann))
  clock.advance(100)
  await settle()
  expect(raw.welcome).toMatchObject({ seat: 1, epoch: 2 })
  expect(ann.reason?.code).toBe('TAKEN_OVER')
})
