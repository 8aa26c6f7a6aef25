import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { enterRaw } from '../../../../tests/enterRaw.ts'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { nothing } from '../wire/atoms.ts'
import { uint } from '../wire/numbers.ts'
import { virtualClock, type VirtualClock } from './clock.ts'
import { refuse } from './errors.ts'
import type { Host } from './host.ts'
import { rooms, type RoomOptions } from './kind.ts'
import { protocol } from './protocol.ts'
import {
  addHistogram,
  addTelemetry,
  countCode,
  createHistogram,
  createTelemetry,
  record,
  type Telemetry,
} from './telemetry.ts'

const pit = protocol('pit', 1, {
  join: { age: uint },
  state: { sum: uint, beats: uint },
  inputs: { add: uint, no: nothing, fail: nothing },
})

/** Called in each tick: what it turns the clock by is how long the tick takes. */
let work: () => void
let clock: VirtualClock
let host: Host

function start(options: RoomOptions<typeof pit> = {}): void {
  const kind = pit.room(
    {
      create: () => ({ sum: 0, beats: 0 }),
      join: (_room, _seat, { age }) => (age < 3 ? refuse('TOO_YOUNG') : undefined),
      inputs: {
        add: (room, _seat, by) => void (room.state.sum += by),
        no: () => refuse('NOT_NOW'),
        fail() {
          throw new Error('a fault in a handler')
        },
      },
      tick(room) {
        room.state.beats++
        work()
      },
    },
    { hz: 10, ...options },
  )
  host = quietHost({
    rooms: rooms('test:', { kind }),
    clock,
  })
}

const enter = (dial: RawDial = {}): Promise<Raw<typeof pit>> =>
  enterRaw({ link: host, clock, tick: 100 }, pit, { ask: { age: 9 }, ...dial })

const telemetry = (): Telemetry => host.report.games[0]!.telemetry
const total = ({ counts }: { counts: Float64Array }): number => counts.reduce((sum, count) => sum + count, 0)

beforeEach(() => {
  work = () => {}
  clock = virtualClock()
})

test('[OP1] ticks, turns and what was late are counted as they were', async () => {
  start({ late: 'skip' })
  const ann = await enter()
  clock.advance(900)
  expect(telemetry()).toMatchObject({ made: 10, skipped: 0, dilated: 0 })
  expect(total(telemetry().turn)).toBe(10)
  // As if one tick had taken 450 ms: four more fell due meanwhile, and the first of them was 350 ms late.
  work = () => {
    work = () => {}
    clock.advance(450)
  }
  clock.advance(1000)
  const { due, stepped, skipped } = host.room('pit', ann.welcome!.room)!.stats
  const { turn, late, encode, inbox, ...counted } = telemetry()
  expect([skipped, due - stepped]).toEqual([3, 3])
  expect(counted).toMatchObject({ made: stepped, skipped, dilated: 0 })
  expect([turn.sum, late.sum, encode.sum]).toEqual([450, 350, 0])
  expect([turn.counts[turn.bounds.indexOf(500)], late.counts[late.bounds.indexOf(500)]]).toEqual([1, 1])
  for (const histogram of [turn, late, encode, inbox]) expect(total(histogram)).toBe(stepped)
})

test('[OP1] every input is counted once, as applied, refused or failed, though its tick was made twice', async () => {
  start()
  const ann = await enter()
  for (const input of ['add', 'no', 'fail', 'add']) ann.send(input, input === 'add' ? 1 : undefined)
  clock.advance(100)
  expect(ann.state!.sum).toBe(2)
  expect(telemetry()).toMatchObject({ applied: 2, refused: 1, failed: 1 })
  expect(Object.fromEntries(telemetry().refusals)).toEqual({ NOT_NOW: 1, INPUT_FAILED: 1 })
  expect(telemetry().inbox.counts[telemetry().inbox.bounds.indexOf(5)]).toBe(1)
})

test('[OP1] frames and bytes are counted both ways, and what a client that reads nothing is owed', async () => {
  start()
  const ann = await enter()
  const eve = await enter({ intent: 'watch' })
  clock.advance(300)
  const frames = [...ann.frames, ...eve.frames].filter(([kind]) => kind !== 1)
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0)
  expect(telemetry()).toMatchObject({ framesOut: frames.length, bytesOut: bytes, framesOwed: 0, framesIn: 0 })
  eve.pipe.queued = 100_000
  ann.confirm()
  clock.advance(500)
  // Five DELTAs, and the answer to the CONFIRM.
  expect(telemetry()).toMatchObject({ framesOut: frames.length + 6, framesOwed: 5, framesIn: 1, bytesIn: 10 })
})

test('[OP1] dials and closings are counted by what became of them', async () => {
  start({ seats: 2 })
  const ann = await enter()
  const code = ann.welcome!.room
  const bob = await enter({ code })
  await enter({ code })
  await enter({ ask: { age: 1 } })
  await enter({ intent: 'watch', code })
  await enter({ code: 'NONE' })
  await enter({ hash: 1 })
  ann.lose()
  await enter({ intent: 'resume', code, token: ann.welcome!.token })
  await enter({ intent: 'resume', code, token: bob.welcome!.token })
  ann.lose()
  expect(Object.fromEntries(telemetry().dials)).toEqual({
    joined: 2,
    watching: 1,
    resumed: 2,
    ROOM_FULL: 1,
    TOO_YOUNG: 1,
    UNKNOWN_ROOM: 1,
    WRONG_SCHEMA: 1,
  })
  expect(Object.fromEntries(telemetry().closings)).toEqual({ TAKEN_OVER: 1 })
  expect(host.report.games).toMatchObject([{ game: 'pit', seats: 2, watchers: 1, clients: 3 }])
})

test('[OP1] a tick that is due and cannot be made shows as overdue', async () => {
  start()
  await enter()
  let seen = 0
  work = () => {
    work = () => {}
    clock.advance(450)
    seen = host.report.overdue
  }
  clock.advance(1000)
  // The next one was due 100 ms after this one began.
  expect(seen).toBe(350)
  expect(host.report.overdue).toBe(0)
})

test('[OP2] a value is counted at the least bound that is not below it', () => {
  const histogram = createHistogram([1, 2, 5])
  for (const value of [0, 1, 1.5, 2, 5, 5.1, 1000]) record(histogram, value)
  expect([...histogram.counts]).toEqual([2, 2, 1, 2])
  expect(histogram.sum).toBe(1014.6)
})

test('[OP2] what several threads counted adds up to what one would have counted', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 0, max: 4000 }))), (values) => {
      const one = createTelemetry()
      const parts = [createTelemetry(), createTelemetry(), createTelemetry()]
      for (const [part, value] of values) {
        for (const telemetry of [one, parts[part]!]) {
          record(telemetry.turn, value)
          record(telemetry.inbox, value)
          telemetry.made += value
          countCode(telemetry.dials, `CODE_${value % 5}`)
        }
      }
      const sum = createTelemetry()
      // As it comes from a thread: a copy.
      for (const part of parts) addTelemetry(sum, structuredClone(part))
      expect(sum).toEqual(one)
    }),
  )
  const [a, b] = [createHistogram([1]), createHistogram([1])]
  record(b, 3)
  addHistogram(a, b)
  expect([[...a.counts], a.sum]).toEqual([[0, 1], 3])
})

test('[OP2] a game that makes codes up cannot make telemetry grow without end', () => {
  const codes = new Map<string, number>()
  for (let i = 0; i < 1000; i++) countCode(codes, `CODE_${i}`)
  countCode(codes, 'CODE_3')
  expect([codes.size, codes.get('CODE_3'), codes.get('OTHERS')]).toEqual([65, 2, 936])
})
