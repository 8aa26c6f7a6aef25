import { beforeEach, describe, expect, test } from 'vitest'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { dialRaw } from '../test/raw.ts'
import { u8, uint } from '../wire/numbers.ts'
import { nothing } from '../wire/atoms.ts'
import { map } from '../wire/map.ts'
import { struct } from '../wire/struct.ts'
import { str } from '../wire/text.ts'
import type { VirtualClock } from './clock.ts'
import { virtualClock } from './clock.ts'
import { refuse } from './errors.ts'
import type { Host } from './host.ts'
import type { RoomOptions } from './kind.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'
import type { Rules } from './rules.ts'
import type { Store } from './store.ts'
import { memoryStore } from './store.ts'

const pit = protocol('pit', 1, {
  join: { name: str(15) },
  options: { width: u8 },
  state: {
    width: u8,
    beats: uint,
    lost: uint,
    top: str(20),
    players: map(uint, struct({ name: str(15), x: u8 }), 100),
  },
  mine: { secret: uint },
  hidden: { deck: str(50) },
  inputs: {
    move: u8,
    fail: nothing,
    no: nothing,
    kick: uint,
    tell: uint,
    close: nothing,
    hush: nothing,
    later: nothing,
    hail: str(20),
  },
  events: { moved: uint, psst: str(50) },
  results: { top: str(20) },
  messages: { hail: str(20) },
})
type Pit = typeof pit

let beat: (() => void) | undefined

const rules: Rules<Pit, string | undefined> = {
  create: (_, { options, loaded }) => ({
    width: options?.width ?? 9,
    beats: 0,
    lost: 0,
    top: loaded ?? '',
    players: new Map(),
  }),
  hidden: () => ({ deck: 'the hidden deck' }),
  mine: (_, seat) => ({ secret: 5000 + seat.id }),
  join(room, seat, { name }) {
    if (name === '') return refuse('NAME_EMPTY', 'give a name')
    room.state.players.set(seat.id, { name, x: 0 })
    room.send(seat, 'psst', `hello ${name}`)
    return undefined
  },
  leave: (room, seat) => void room.state.players.delete(seat.id),
  inputs: {
    move(room, seat, x) {
      room.state.players.get(seat.id)!.x = x
      room.broadcast('moved', seat.id)
    },
    fail(room) {
      room.state.players.clear()
      room.random()
      room.broadcast('moved', 666)
      throw new Error('a fault in a handler')
    },
    no: () => refuse('NOT_NOW', 'not now'),
    kick: (room, _, id) => room.seats.get(id)?.kick('be gone'),
    tell: (room, _, id) => room.send(room.seats.get(id)!, 'psst', 'for you alone'),
    close: (room) => room.close('that was it'),
    hail: (room, _, text) => room.publish('hail', text),
    // @ts-expect-error a promise
    later: () => Promise.reject(new Error('too late')),
    hush: (room) => room.later(() => Promise.resolve('slow answer'), 'top'),
  },
  results: {
    top(room, outcome) {
      room.state.top = outcome.ok ? outcome.value : outcome.code
    },
  },
  late: (room, { skipped }) => void (room.state.lost += skipped),
  messages: { hail: (room, text) => room.broadcast('psst', text) },
  tick(room) {
    room.state.beats += 1
    beat?.()
  },
}

let clock: VirtualClock
let host: Host
let store: Store
let logged: string[]

function start(options: RoomOptions<Pit, string | undefined> = {}): void {
  host = quietHost({
    rooms: rooms('test:', { pit: pit.room(rules, { hz: 10, ...options }) }),
    clock,
    store,
    log: (level, message) => logged.push(`${level} ${message}`),
  })
}

/** Lets promises settle: a room opens, an answer comes. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

async function dial(options: RawDial = {}): Promise<Raw<Pit>> {
  const raw = dialRaw(host, pit, { ask: { name: 'Ann' }, ...options })
  await settle()
  return raw
}

/** Dials and waits for the tick that lets it in. */
async function enter(options: RawDial = {}): Promise<Raw<Pit>> {
  const raw = await dial(options)
  clock.advance(100)
  return raw
}

const room = (raw: Raw<Pit>) => host.room('pit', raw.welcome!.room)!

beforeEach(() => {
  beat = undefined
  logged = []
  clock = virtualClock()
  store = memoryStore()
})

describe('a room exists while somebody is in it', () => {
  test('[RM1] the first join opens it, a second joins the same one', async () => {
    start()
    expect(host.counts.rooms).toBe(0)
    const [ann, bob] = [await dial(), await dial({ ask: { name: 'Bob' } })]
    expect(host.counts.rooms).toBe(1)
    clock.advance(100)
    expect(ann.welcome).toMatchObject({ seat: 1, epoch: 1, hz: 10 })
    expect(bob.welcome).toMatchObject({ seat: 2, room: ann.welcome!.room })
    expect(ann.state!.players).toEqual(bob.state!.players)
  })

  test('[RM1] two joins in one turn open one room', async () => {
    start()
    const both = [dialRaw(host, pit, { ask: { name: 'Ann' } }), dialRaw(host, pit, { ask: { name: 'Bob' } })]
    await settle()
    clock.advance(100)
    expect(host.counts.rooms).toBe(1)
    expect(both.map((raw) => raw.welcome?.seat)).toEqual([1, 2])
  })

  test('[RM2] it closes some time after the last leaves, and a join before that finds it', async () => {
    start({ closeEmptyAfter: '5s' })
    const ann = await enter()
    ann.leave()
    clock.advance(4000)
    const bob = await enter({ ask: { name: 'Bob' } })
    expect(bob.welcome!.room).toBe(ann.welcome!.room)
    expect(bob.welcome!.seat).toBe(2)
    bob.leave()
    clock.advance(5200)
    expect(host.counts.rooms).toBe(0)
  })

  test('[RM3] no seats, no ticks; the tick numbers go on', async () => {
    start()
    const ann = await enter()
    ann.leave()
    clock.advance(100)
    const { tick } = room(ann).machine
    clock.advance(10_000)
    expect(room(ann).machine.tick).toBe(tick)
    const bob = await enter({ ask: { name: 'Bob' } })
    expect(bob.tick).toBe(tick + 1)
  })

  test('[RM23] a room that is always there opens with the server, and ticks with nobody in it', async () => {
    start({ always: true, closeEmptyAfter: '1s' })
    await host.restore()
    clock.advance(10_000)
    expect(host.counts).toMatchObject({ rooms: 1, ticks: 100 })
    const ann = await enter()
    expect(ann.tick).toBe(101)
    beat = () => {
      beat = undefined
      throw new Error('a fault in tick')
    }
    clock.advance(100)
    await settle()
    clock.advance(1000)
    expect(ann.reason?.code).toBe('CRASHED')
    expect(host.counts.rooms).toBe(1)
  })

  test('[RM4] a loop with nothing to do sleeps; any input wakes it', async () => {
    start({ idle: (state) => state.beats > 3 })
    const ann = await enter()
    clock.advance(10_000)
    expect(ann.state!.beats).toBe(4)
    ann.send('move', 3)
    clock.advance(100)
    expect(ann.state).toMatchObject({ beats: 5 })
    expect(ann.state!.players.get(1)!.x).toBe(3)
  })

  test('[RM24] a room that was late is told which ticks it lost; nothing of the count is lost', async () => {
    start({ late: 'skip' })
    const ann = await enter()
    const { tick } = ann
    // The clock is turned while a step runs: as if it had taken 450 ms.
    beat = () => {
      beat = undefined
      clock.advance(450)
    }
    clock.advance(1000)
    expect(ann.state!.lost).toBe(3)
    const { due, stepped, skipped } = room(ann).stats
    expect([skipped, stepped + skipped]).toEqual([3, due])
    expect(ann.tick).toBe(tick + stepped - 1)
  })

  test('[RM5] a room that ticks on events ticks at once, and by itself when a deadline falls due', async () => {
    start({ hz: 'events', deadline: (state) => (state.beats === 2 ? 20_000 : undefined) })
    const ann = await dial()
    clock.advance(1)
    expect(ann.state!.beats).toBe(1)
    ann.send('move', 4)
    clock.advance(1)
    expect(ann.state!.beats).toBe(2)
    ann.confirm()
    clock.advance(19_000)
    expect(ann.state!.beats).toBe(2)
    clock.advance(1001)
    expect(ann.state!.beats).toBe(3)
    expect(ann.tick).toBeGreaterThanOrEqual(20_000)
  })

  test('[RM6] `load` runs before `create`; a room that fails to load refuses its joiners', async () => {
    start({ load: () => Promise.resolve('loaded') })
    expect((await enter()).state!.top).toBe('loaded')
    start({ load: () => Promise.reject(new Error('no')) })
    const ann = await dial()
    expect(ann.reason?.code).toBe('CRASHED')
    expect(host.counts.rooms).toBe(0)
    start({ load: () => new Promise(() => {}) })
    const bob = await dial()
    clock.advance(10_000)
    await settle()
    expect(bob.reason?.code).toBe('CRASHED')
  })

  test('[RM7] `send` sends fewer frames than ticks', async () => {
    start({ hz: 60, send: 20 })
    const ann = await enter()
    const { deltas, fulls } = ann
    clock.advance(1000)
    expect(ann.deltas - deltas).toBe(20)
    expect(ann.fulls).toBe(fulls)
    expect(ann.state!.beats).toBe(ann.tick)
  })
})

describe('who gets in', () => {
  test('[RM8] by code, in any case; unknown codes and full rooms are refused', async () => {
    start({ seats: 2 })
    const ann = await enter({ intent: 'create', private: true, options: { width: 33 } })
    expect(ann.state!.width).toBe(33)
    const { room: code } = ann.welcome!
    const bob = await enter({ code: code.toLowerCase(), ask: { name: 'Bob' } })
    expect(bob.welcome?.room).toBe(code)
    expect((await dial({ code })).reason?.code).toBe('ROOM_FULL')
    expect((await dial({ code: 'NOSUCH' })).reason?.code).toBe('UNKNOWN_ROOM')
    expect((await dial({ code, intent: 'watch' })).state).toEqual(bob.state)
  })

  test('[RM9] private rooms are neither listed nor found without their code', async () => {
    start()
    const ann = await enter({ intent: 'create', private: true })
    const bob = await enter({ ask: { name: 'Bob' } })
    expect(bob.welcome!.room).not.toBe(ann.welcome!.room)
    expect(await host.list('pit')).toEqual([{ code: bob.welcome!.room, seats: 1, seatsMax: 16, watchers: 0 }])
  })

  test('[RM10] a refused join leaves nothing behind, and its seat id is not used again', async () => {
    start()
    const nobody = await enter({ ask: { name: '' } })
    expect(nobody.reason).toEqual({ code: 'NAME_EMPTY', message: 'give a name' })
    expect(nobody.closed).toBe(4001)
    const ann = await enter()
    expect(ann.welcome!.seat).toBe(2)
    expect([...ann.state!.players.keys()]).toEqual([2])
  })

  test('[RM11] another wire, another schema, another game, bytes that are none: refused, each with its code', async () => {
    start()
    expect((await dial({ wire: 99 })).reason?.code).toBe('WRONG_WIRE')
    expect((await dial({ hash: 1 })).reason?.code).toBe('WRONG_SCHEMA')
    const other = protocol('other', 1, { state: {} })
    const raw = dialRaw(host, other)
    await settle()
    expect(raw.reason?.code).toBe('UNKNOWN_PROTOCOL')
    const ann = await enter()
    ann.connection.receive(Uint8Array.of(2, 1))
    expect(ann.reason?.code).toBe('MALFORMED')
    expect(ann.closed).toBe(4001)
  })

  test('[RM12] watchers see the state without a seat, and may not send inputs', async () => {
    start()
    const ann = await enter()
    const eve = await dial({ intent: 'watch' })
    expect(eve.welcome).toMatchObject({ seat: 0, token: '' })
    expect(eve.state).toEqual(ann.state)
    eve.send('move', 1)
    expect(eve.refusals).toMatchObject([{ seq: 1, code: 'WATCHING' }])
    clock.advance(1000)
    expect(eve.state).toEqual(ann.state)
    expect(eve.tick).toBe(ann.tick)
    expect(eve.mine).toBeUndefined()
  })

  test('[RM12] watchers are as many as may be, and one more is in another room unless it dialled this one', async () => {
    start({ watchers: 2 })
    const ann = await enter()
    const { room: code } = ann.welcome!
    for (let at = 0; at < 2; at++) expect((await dial({ intent: 'watch' })).welcome!.room).toBe(code)
    expect((await dial({ intent: 'watch', code })).reason).toEqual({
      code: 'ROOM_FULL',
      message: 'No place to watch from is left.',
    })
    expect((await dial({ intent: 'watch' })).welcome!.room).not.toBe(code)
    expect((await enter({ ask: { name: 'Bob' } })).welcome!.room).toBe(code)
  })
})

describe('one inbox, applied at a tick', () => {
  test('[RM13] inputs are applied once and in order, at the next tick, and acknowledged with it', async () => {
    start()
    const ann = await enter()
    ann.send('move', 1)
    ann.send('move', 2)
    expect(ann.state!.players.get(1)!.x).toBe(0)
    clock.advance(100)
    expect(ann.state!.players.get(1)!.x).toBe(2)
    expect(ann.ack).toBe(2)
    expect(ann.told.map(({ event, tick }) => [event, tick])).toEqual([
      [1, 1],
      [0, 2],
      [0, 2],
    ])
  })

  test('[RM14] a refusal is told to its sender alone; the input is consumed', async () => {
    start()
    const [ann, bob] = [await enter(), await enter({ ask: { name: 'Bob' } })]
    ann.send('no')
    clock.advance(100)
    expect(ann.refusals).toEqual([{ seq: 1, code: 'NOT_NOW', message: 'not now' }])
    expect(ann.ack).toBe(1)
    expect(bob.refusals).toEqual([])
  })

  test('[RM15] a handler that throws costs its sender that input, and nobody anything else', async () => {
    start()
    const [ann, bob] = [await enter(), await enter({ ask: { name: 'Bob' } })]
    const { random } = room(ann).machine
    const before = random.state
    bob.send('move', 7)
    ann.send('fail')
    bob.send('move', 8)
    clock.advance(100)
    expect(ann.refusals).toMatchObject([{ seq: 1, code: 'INPUT_FAILED' }])
    expect(random.state).toEqual(before)
    expect(bob.state!.players.get(2)!.x).toBe(8)
    expect(bob.state).toEqual(ann.state)
    // Told once each, though the tick was made twice; nothing of the failed handler is heard.
    expect(bob.told.filter(({ event }) => event === 0).map(({ value }) => value)).toEqual([2, 2])
    expect(logged).toContain('warn an input failed')
  })

  test('[RM16] the third failing input within a minute closes the seat', async () => {
    start()
    const [ann, bob] = [await enter(), await enter({ ask: { name: 'Bob' } })]
    for (let i = 0; i < 5; i++) ann.send('fail')
    clock.advance(100)
    expect(ann.reason?.code).toBe('KICKED')
    expect(ann.closed).toBe(4000)
    expect([...bob.state!.players.keys()]).toEqual([2])
    for (let i = 0; i < 5; i++) {
      bob.send('fail')
      clock.advance(61_000)
      bob.confirm()
    }
    expect(bob.closed).toBeUndefined()
  })

  test('[RM17] a throw in `tick` ends that room alone', async () => {
    start()
    const ann = await enter({ intent: 'create', private: true })
    const bob = await enter({ ask: { name: 'Bob' } })
    const crashing = room(ann).machine
    let hit = false
    beat = () => {
      if (hit || crashing.tick < 5) return
      hit = true
      throw new Error('a fault in tick')
    }
    const before = bob.tick
    clock.advance(1000)
    expect(ann.reason?.code).toBe('CRASHED')
    expect(host.counts.rooms).toBe(1)
    expect(bob.tick).toBe(before + 10)
    expect(logged).toContain('error the room failed')
  })

  test('[RM18] state that its types cannot carry is a crash that names the path', async () => {
    start()
    const ann = await enter()
    const players = room(ann).machine.state.players as Map<number, { x: number }>
    beat = () => (players.get(1)!.x = 300)
    clock.advance(100)
    expect(ann.reason?.code).toBe('CRASHED')
    expect(host.counts.rooms).toBe(0)
  })

  test('[RM21] an async handler is refused like one that throws; its rejection is not left unobserved', async () => {
    start()
    const ann = await enter()
    ann.send('later')
    clock.advance(100)
    await settle()
    expect(ann.refusals).toMatchObject([{ code: 'INPUT_FAILED' }])
    expect(ann.closed).toBeUndefined()
  })

  test('[RM19] slow work comes back through the inbox, once; a failure is told', async () => {
    start()
    const ann = await enter()
    ann.send('hush')
    clock.advance(100)
    await settle()
    expect(ann.state!.top).toBe('')
    clock.advance(100)
    expect(ann.state!.top).toBe('slow answer')
  })

  test('[RM20] a kicked seat and a closing room tell their players why', async () => {
    start()
    const [ann, bob] = [await enter(), await enter({ ask: { name: 'Bob' } })]
    ann.send('kick', 2)
    clock.advance(100)
    expect(bob.reason).toEqual({ code: 'KICKED', message: 'be gone' })
    expect([...ann.state!.players.keys()]).toEqual([1])
    ann.send('close')
    clock.advance(100)
    expect(ann.reason).toEqual({ code: 'ROOM_CLOSED', message: 'that was it' })
    expect(ann.closed).toBe(4000)
    expect(host.counts.rooms).toBe(0)
  })

  test('[RM22] a message reaches every room of the game, its own too, through the inbox', async () => {
    start()
    const ann = await enter({ intent: 'create', private: true })
    const bob = await enter({ ask: { name: 'Bob' } })
    ann.send('hail', 'hear me')
    clock.advance(100)
    await settle()
    expect(bob.told.at(-1)?.value).toBe('hello Bob')
    clock.advance(100)
    expect([ann, bob].map((raw) => raw.told.at(-1)?.value)).toEqual(['hear me', 'hear me'])
  })
})
