import { beforeEach, expect, test } from 'vitest'
import { virtualClock, type VirtualClock } from '../../core/clock.ts'
import { createTelemetry, type Telemetry } from '../../core/telemetry.ts'
import type { RoomsReport } from '../place/place.ts'
import { createOperation, type Gate, type Operation } from './operation.ts'
import { createTraffic } from './traffic.ts'

interface Thread extends RoomsReport {
  answers: boolean
  overdue: number
}

let clock: VirtualClock
let telemetry: Telemetry
let thread: Thread
let operation: Operation
let clients: number
let rooms: number

const open: Gate = { connections: 3, phase: 'open' }

/** Lets seconds pass; in each, the threads do so much. */
function pass(seconds: number, each: Partial<Record<'made' | 'skipped' | 'framesOut' | 'framesIn', number>>) {
  for (let i = 0; i < seconds; i++) {
    for (const [name, by] of Object.entries(each)) telemetry[name as 'made'] += by
    clock.advance(1000)
  }
}

const wrong = (): readonly string[] => operation.health(open).wrong

beforeEach(() => {
  clock = virtualClock()
  telemetry = createTelemetry()
  clients = 0
  rooms = 1
  thread = {
    thread: 'rooms 1',
    answers: true,
    overdue: 0,
    self: undefined,
    get games() {
      return [{ game: 'pit', telemetry, rooms, seats: 2, watchers: 0, clients }]
    },
  }
  operation = createOperation({
    clock,
    place: {
      reports: [thread],
      get counts() {
        return { rooms, seats: 2, watchers: 0, ticks: telemetry.made }
      },
    },
    jobs: undefined,
    bus: { counts: { published: 0, delivered: 0, dropped: 0, pending: 0, requests: 0 }, status: 'up' },
    limits: { connections: 10, rooms: 5 },
    traffic: createTraffic(['pit']),
    logged: {},
  })
})

test('[OP7] a server that ticks, and one that sleeps, are well', () => {
  expect(operation.health(open)).toEqual({
    ok: true,
    wrong: [],
    connections: 3,
    rooms: 1,
    seats: 2,
    watchers: 0,
    ticks: 0,
  })
  pass(20, { made: 10, skipped: 4 })
  expect(wrong()).toEqual([])
  pass(20, {})
  expect(wrong()).toEqual([])
})

test('[OP7] a thread that does not answer is named', () => {
  thread.answers = false
  expect(operation.health(open)).toMatchObject({ ok: false, wrong: ["thread 'rooms 1' does not answer"] })
  expect(operation.ready(open)).toEqual({ ready: false, why: 'unhealthy' })
})

test('[OP7] a tick that has been due for more than two seconds is told', () => {
  thread.overdue = 2000
  expect(wrong()).toEqual([])
  thread.overdue = 2001
  expect(wrong()).toEqual(["a tick of thread 'rooms 1' is 2001 ms overdue"])
})

test('[OP7] ticks do not advance when less than half of them were made for five seconds', () => {
  pass(10, { made: 10 })
  pass(2, { made: 1, skipped: 9 })
  expect(wrong()).toEqual([])
  pass(3, { made: 1, skipped: 9 })
  expect(wrong()).toEqual(["thread 'rooms 1' made 5 of the 50 ticks of the last 5 s"])
  pass(3, { made: 10 })
  expect(wrong()).toEqual([])
})

test('[OP7] bytes do not flow when many clients are sent frames and not one of them says anything', () => {
  clients = 8
  pass(6, { made: 10, framesOut: 80, framesIn: 16 })
  expect(wrong()).toEqual([])
  pass(4, { made: 10, framesOut: 80 })
  expect(wrong()).toEqual([])
  pass(1, { made: 10, framesOut: 80 })
  expect(wrong()).toEqual(["none of the 8 clients of thread 'rooms 1' has said anything for 5 s"])
  // A few may well be hidden pages.
  clients = 7
  pass(1, { made: 10, framesOut: 80 })
  expect(wrong()).toEqual([])
})

test('[OP8] new players are welcome until it is full, drains or stops', () => {
  expect(operation.ready(open)).toEqual({ ready: true })
  expect(operation.ready({ ...open, connections: 10 })).toEqual({ ready: false, why: 'full' })
  expect(operation.ready({ ...open, phase: 'draining' })).toEqual({ ready: false, why: 'draining' })
  expect(operation.ready({ ...open, phase: 'stopping' })).toEqual({ ready: false, why: 'stopping' })
  rooms = 5
  expect(operation.ready(open)).toEqual({ ready: false, why: 'full' })
  // Full or leaving is not ill.
  expect(operation.health({ connections: 10, phase: 'draining' }).ok).toBe(true)
})

test('[OP7] nothing waits on the clock once it is stopped', () => {
  operation.stop()
  expect(clock.next).toBeUndefined()
})
