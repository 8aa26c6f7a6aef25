/* The examples of PROTOCOL.md are what the library writes, and reads back. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Type } from 'hoopsnake'
import {
  angle,
  bytes,
  f32,
  fixed,
  grid,
  i32,
  int,
  list,
  map,
  nothing,
  oneOf,
  optional,
  protocol,
  str,
} from 'hoopsnake'
import { bool, createRandom, Reader, struct, Trail, trail, u16, u8, uint, Writer } from 'hoopsnake'
import { readCheckpoint, writeCheckpoint } from '../packages/hoopsnake/src/core/checkpoint.ts'
import type { Intent } from '../packages/hoopsnake/src/core/frames/hello.ts'
import * as hello from '../packages/hoopsnake/src/core/frames/hello.ts'
import { down, WIRE } from '../packages/hoopsnake/src/core/frames/kinds.ts'
import * as play from '../packages/hoopsnake/src/core/frames/play.ts'
import { Machine } from '../packages/hoopsnake/src/core/machine.ts'
import * as tick from '../packages/hoopsnake/src/core/frames/tick.ts'

const text = await readFile(join(import.meta.dirname, '..', 'PROTOCOL.md'), 'utf8')

const pit = protocol('pit', 1, {
  join: { name: str(15) },
  options: { width: u8 },
  state: { beats: uint, snakes: map(uint, struct({ x: u8, y: u8 }), 9) },
  mine: { hand: list(u8, 5) },
  inputs: { turn: oneOf('up', 'down'), rest: nothing },
  events: { died: uint },
})

function hexOf(write: (w: Writer) => void): string {
  const w = new Writer()
  write(w)
  return Buffer.from(w.take()).toString('hex')
}

/** The examples in the document, by name. */
const shown = new Map<string, string>()
for (const [, block] of text.matchAll(/^```hex\n(.*?)^```$/gms)) {
  for (const line of block!.trim().split('\n')) {
    const [name, ...hex] = line.split(/\s+/)
    shown.set(name!, hex.join(''))
  }
}
/** Holds an example to what the library writes. */
function expectShown(name: string, write: (w: Writer) => void): void {
  expect({ name, hex: shown.get(name) }).toEqual({ name, hex: hexOf(write) })
}
const readerOf = (name: string, skip = 1): Reader =>
  new Reader(Buffer.from(shown.get(name)!, 'hex').subarray(skip))

const head = { wire: WIRE, protocol: 'pit', hash: pit.hash, ticket: '' }
const ask = Uint8Array.of(3, 0x41, 0x6e, 0x6e)
const intents: Record<string, Intent> = {
  join: { intent: 'join', ask },
  create: { intent: 'create', private: true, ask: Uint8Array.of(1, 33, ...ask) },
  watch: { intent: 'watch' },
  resume: { intent: 'resume', token: 'ab0c', epoch: 1, tick: 300 },
}

const input = { kind: 'input', seat: 4, confirmed: 300, failed: undefined } as const
const ups: Record<string, [write: (w: Writer) => void, read: play.Up]> = {
  turn: [
    (w) => play.writeInput(w, pit.inputs, { seq: 1, input: 0, value: 'down' }, { confirmed: 300 }),
    { ...input, seq: 1, time: undefined, input: 0, value: 'down' },
  ],
  rest: [
    (w) => play.writeInput(w, pit.inputs, { seq: 2, input: 1, value: undefined }, { confirmed: 300 }),
    { ...input, seq: 2, time: undefined, input: 1, value: undefined },
  ],
  timed: [
    (w) =>
      play.writeInput(w, pit.inputs, { seq: 3, input: 0, value: 'down' }, { confirmed: 300, time: 1000 }),
    { ...input, seq: 3, time: 1000, input: 0, value: 'down' },
  ],
  confirm: [(w) => play.writeConfirm(w, 300, 1000), { kind: 'confirm', confirmed: 300, time: 1000 }],
  askFull: [play.writeAskFull, { kind: 'askFull' }],
  leave: [play.writeLeave, { kind: 'leave' }],
}

const before = {
  beats: 7,
  snakes: new Map([
    [1, { x: 3, y: 4 }],
    [2, { x: 5, y: 6 }],
  ]),
}
const after = {
  beats: 8,
  snakes: new Map([
    [1, { x: 3, y: 4 }],
    [2, { x: 5, y: 9 }],
  ]),
}
const died = (at: number) => ({ tick: at, place: 0, event: 0, payload: Uint8Array.of(2) })

test('HELLO, in every intent', () => {
  for (const [name, intent] of Object.entries(intents)) {
    expectShown(name, (w) => hello.writeHello(w, { ...head, ...intent }))
    expect(hello.readHello(readerOf(name, 0))).toEqual({ ...head, ...intent })
  }
})

test('what a client sends while it is in', () => {
  for (const [name, [write, read]] of Object.entries(ups)) {
    expectShown(name, write)
    expect(play.readUp(readerOf(name, 0), pit.inputs, 4)).toEqual(read)
  }
})

test('WELCOME, REFUSED, CLOSED, WAIT, PONG', () => {
  const welcome = {
    epoch: 1,
    room: 'H7X2PQ',
    seat: 1,
    token: 'ab',
    ack: 0,
    hz: 10,
    ticksPerFrame: 1,
    hold: 30_000,
    fork: 280,
    tick: 300,
    time: 1000,
  }
  const refused = { code: 'ROOM_FULL', message: 'Full' }
  const closed = { code: 'LEFT', message: 'Bye!' }
  const pong = { echo: 1000, time: 1050, tick: 300, due: 1040 }
  expectShown('welcome', (w) => hello.writeWelcome(w, welcome))
  expect(hello.readWelcome(readerOf('welcome'))).toEqual(welcome)
  expectShown('refused', (w) => hello.writeReason(w, down.REFUSED, refused))
  expect(hello.readReason(readerOf('refused'))).toEqual(refused)
  expectShown('closed', (w) => hello.writeReason(w, down.CLOSED, closed))
  expect(hello.readReason(readerOf('closed'))).toEqual(closed)
  expectShown('wait', (w) => hello.writeWait(w, 250))
  expect(hello.readWait(readerOf('wait'))).toBe(250)
  expectShown('draining', (w) => hello.writeDraining(w, 60_000))
  expect(hello.readDraining(readerOf('draining'))).toBe(60_000)
  expectShown('pong', (w) => play.writePong(w, pong))
  expect(play.readPong(readerOf('pong'))).toEqual(pong)
})

test('FULL and DELTA', () => {
  const stamp = { epoch: 1, tick: 300 }
  expectShown('full', (w) => tick.writeFull(w, stamp, pit.state, before))
  const full = readerOf('full')
  expect(tick.readStamp(full)).toEqual(stamp)
  expect(tick.readFull(full, pit.state)).toEqual(before)

  const deltas = {
    delta: { state: after, tellings: [] },
    died: { state: { ...before, beats: 8 }, tellings: [died(301)] },
    nothing: { state: before, tellings: [] },
  }
  for (const [name, { state, tellings }] of Object.entries(deltas)) {
    const body = { type: pit.state, shadow: pit.state.copy(before), state }
    expectShown(name, (w) => tick.writeDelta(w, { epoch: 1, tick: 301, back: 1 }, body, tellings))
    const r = readerOf(name)
    expect([tick.readStamp(r).tick, tick.readBack(r)]).toEqual([301, 1])
    const told = tellings.map(({ tick: at, place, event }) => ({ tick: at, place, event, value: 2 }))
    expect(tick.readDelta(r, 301, before, pit)).toEqual({ state, told })
  }
})

test('OWN', () => {
  const stamp = { epoch: 1, tick: 300 }
  const hand = (...cards: number[]) => Uint8Array.of(cards.length, ...cards)
  const diff = Buffer.from(
    hexOf((w) => pit.mine.diff(w, { hand: [8, 9] }, { hand: [8, 7, 9] })),
    'hex',
  )
  const refusals = [{ seq: 3, code: 'FULL', message: '' }]
  const owns: Record<string, [parts: tick.OwnParts, read: tick.Own]> = {
    own: [
      { ack: 2, mine: hand(8, 9) },
      { ack: 2, mine: { hand: [8, 9] } },
    ],
    changed: [{ mineDiff: diff }, { mine: { hand: [8, 7, 9] } }],
    refusal: [
      { ack: 3, refusals },
      { ack: 3, refusals },
    ],
    answer: [
      { ack: 3, answer: { echo: 1000, time: 1050, due: 1040 } },
      { ack: 3, answer: { echo: 1000, time: 1050, tick: 300, due: 1040 } },
    ],
    missed: [
      { tellings: [{ ...died(300), place: 2 }], missed: 5 },
      { told: [{ tick: 300, place: 2, event: 0, value: 2 }], missed: 5 },
    ],
  }
  for (const [name, [parts, read]] of Object.entries(owns)) {
    expectShown(name, (w) => tick.writeOwn(w, stamp, parts))
    const r = readerOf(name)
    tick.readStamp(r)
    expect(tick.readOwn(r, 300, { hand: [8, 9] }, pit)).toEqual(read)
  }
})

test('a checkpoint', () => {
  const kind = pit.room({
    create: () => before,
    mine: () => ({ hand: [8, 9] }),
    inputs: { turn() {}, rest() {} },
  })
  const beginning = { code: 'H7X2PQ', epoch: 1, tick: 299, random: createRandom(7), hz: 10 }
  const machine = new Machine(kind, beginning, { loaded: undefined, options: undefined })
  const join = { kind: 'join', seat: 1, digest: 'ab', user: { id: 5 }, ask: { name: 'Ann' } } as const
  machine.run(300, [join])
  machine.flush()
  const refusals = [{ seq: 3, code: 'FULL', message: '' }]
  const unheard = {
    lives: [{ epoch: 1, tick: 0 }],
    tellings: [died(299)],
    accounts: new Map([
      [
        1,
        {
          had: 298,
          seen: -2,
          last: [],
          sent: [
            { epoch: 1, tick: 299, own: { refusals, tellings: [], missed: 0 } },
            { epoch: 1, tick: 301, own: { refusals: [], tellings: [died(300)], missed: 5 } },
          ],
          owed: undefined,
        },
      ],
    ]),
  }
  expectShown('room', (w) => w.raw(writeCheckpoint(machine, { private: true, nextSeat: 2, unheard })))
  const read = readCheckpoint(Buffer.from(shown.get('room')!, 'hex'), pit, () => {})
  expect(read).toMatchObject({ code: 'H7X2PQ', private: true, epoch: 1, tick: 300, nextSeat: 2 })
  expect(read.unheard).toEqual(unheard)
  expect(read.kept).toMatchObject({
    state: before,
    seats: [{ id: 1, digest: 'ab', user: { id: 5 }, mine: { hand: [8, 9] } }],
  })
})

test('no example is without a check', () => {
  const checked = [
    ...Object.keys(intents),
    ...Object.keys(ups),
    'welcome',
    'refused',
    'closed',
    'wait',
    'draining',
    'pong',
  ]
  const frames = ['full', 'delta', 'died', 'nothing', 'own', 'answer', 'changed', 'refusal', 'missed', 'room']
  expect([...shown.keys()].sort()).toEqual([...checked, ...frames].sort())
})

/** A value, whole; then each further one as the change from the one before. */
function values<T>(type: Type<T>, first: T, ...then: T[]): string[] {
  let shadow = type.copy(first)
  return [
    hexOf((w) => type.write(w, first)),
    ...then.map((next) => hexOf((w) => (shadow = type.diff(w, shadow, next)))),
  ]
}

test('the values of types, and their changes', () => {
  const point = struct({ x: u8, y: u8 })
  const points = (...all: [number, number, number][]) => new Map(all.map(([id, x, y]) => [id, { x, y }]))
  const dir = oneOf('up', 'right', 'down', 'left')
  const moved = new Trail<'up' | 'right' | 'down' | 'left'>(['up', 'left'])
  const moves = trail(dir, 9)
  const start = hexOf((w) => moves.write(w, moved))
  const shadow = moves.copy(moved)
  moved.drop()
  moved.push('left')
  const bodies = map(uint, moves, 9)
  const all = new Map([1, 2, 3].map((id) => [id, new Trail<'up' | 'right' | 'down' | 'left'>(['up'])]))
  const were = bodies.copy(all)
  for (const body of all.values()) {
    body.drop()
    body.push('left')
  }
  const numbers = (...all: number[]) => new Map(all.map((n, id) => [id, n]))
  const expected = [
    ...values(bool, true),
    ...values(u16, 300),
    ...values(i32, -2),
    ...values(uint, 300),
    ...values(uint, 2 ** 31),
    ...values(int, -1),
    ...values(int, 64),
    ...values(f32, 1.5),
    ...values(fixed(-10, 10, 0.25), -4),
    ...values(angle(2), Math.PI),
    ...values(str(9), '🐍'),
    ...values(oneOf('up', 'down'), 'down'),
    ...values(bytes(9), Uint8Array.of(7, 8)),
    ...values(optional(point), { x: 3, y: 4 }, { x: 3, y: 5 }, undefined),
    ...values(point, { x: 3, y: 4 }, { x: 3, y: 5 }),
    ...values(list(u8, 99), [1, 2, 3], [1, 8, 9, 3]),
    ...values(
      list(point, 9),
      [
        { x: 1, y: 0 },
        { x: 2, y: 0 },
        { x: 3, y: 0 },
      ],
      [
        { x: 1, y: 0 },
        { x: 2, y: 7 },
      ],
    ).slice(1),
    ...values(
      map(uint, point, 9),
      points([1, 1, 0], [2, 2, 0], [3, 3, 0]),
      points([2, 2, 0], [3, 3, 8], [7, 7, 7]),
    ),
    start,
    hexOf((w) => moves.diff(w, shadow, moved)),
    ...values(grid(4, 2), new Uint8Array(8), Uint8Array.of(0, 9, 0, 0, 7, 0, 0, 0)).slice(1),
    ...values(map(uint, u8, 9), numbers(5, 5, 5), numbers(6, 4, 9)).slice(1),
    hexOf((w) => bodies.diff(w, were, all)),
  ]
  const types = text.slice(text.indexOf('## Types'))
  const inDocument = [...types.matchAll(/→ ((?:`[0-9a-f]+`(?: · | )?)+)/g)].map(([, hex]) =>
    hex!.replace(/[^0-9a-f]/g, ''),
  )
  expect(inDocument).toEqual(expected)
})

test('the schema hash', () => {
  expect(text).toContain(`The schema hash of the game above is \`${pit.hash.toString(16).padStart(8, '0')}\``)
})
