import { beforeEach, describe, expect, test } from 'vitest'
import { enterRaw, settle } from '../../../../tests/enterRaw.ts'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { createSeal } from '../server/seal.ts'
import { dialRaw } from '../test/raw.ts'
import { nothing } from '../wire/atoms.ts'
import { map } from '../wire/map.ts'
import { uint } from '../wire/numbers.ts'
import { struct } from '../wire/struct.ts'
import { str } from '../wire/text.ts'
import type { VirtualClock } from './clock.ts'
import { virtualClock } from './clock.ts'
import type { Host } from './host.ts'
import type { RoomOptions } from './kind.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'
import type { Rules } from './rules.ts'
import type { Store } from './store.ts'
import { memoryStore } from './store.ts'
import { writeToken } from './tokens.ts'

const den = protocol('den', 1, {
  join: { name: str(15) },
  state: { beats: uint, seats: map(uint, struct({ name: str(15), sum: uint, away: uint }), 100) },
  mine: { hand: str(40) },
  hidden: { deck: str(40) },
  inputs: { add: uint, shout: str(40), whisper: nothing, crash: nothing },
  events: { shouted: str(40), whispered: str(40) },
})

const rules: Rules<typeof den> = {
  create: () => ({ beats: 0, seats: new Map() }),
  hidden: () => ({ deck: 'DECK-NOBODY-SEES' }),
  mine: (_, seat) => ({ hand: `HAND-OF-${seat.id}` }),
  join: (room, seat, { name }) => room.state.seats.set(seat.id, { name, sum: 0, away: 0 }),
  leave: (room, seat) => void room.state.seats.delete(seat.id),
  away: (room, seat) => void (room.state.seats.get(seat.id)!.away += 1),
  inputs: {
    add: (room, seat, n) => void (room.state.seats.get(seat.id)!.sum += n),
    shout: (room, _, text) => room.broadcast('shouted', text),
    whisper(room, seat) {
      seat.mine.hand = `NEW-HAND-OF-${seat.id}`
      room.send(seat, 'whispered', `SECRET-FOR-${seat.id}`)
    },
    crash: (room) => void (crashAt = room.tick),
  },
  tick(room) {
    room.state.beats += 1
    if (room.tick === crashAt) throw new Error('a fault in tick')
  },
}

let crashAt: number
let clock: VirtualClock
let host: Host
let store: Store
let said: unknown[]

function start(options: RoomOptions<typeof den> = {}): void {
  said = []
  host = quietHost({
    log: (level, message, fields) => void said.push([level, message, fields]),
    rooms: rooms('test:', { den: den.room(rules, { hz: 10, ...options }) }),
    clock,
    store,
  })
}

const enter = (dial: RawDial = {}): Promise<Raw<typeof den>> =>
  enterRaw({ link: host, clock, tick: 100 }, den, { ask: { name: 'Ann' }, ...dial })

const back = (raw: Raw<typeof den>): Promise<Raw<typeof den>> => {
  const { room: code, token, epoch } = raw.welcome!
  return enter({ intent: 'resume', code, token, epoch, tick: raw.tick })
}

/** Moves time on as clients do that confirm every half second. */
function play(ms: number, ...clients: Raw<typeof den>[]): void {
  for (let left = ms; left > 0; left -= 500) {
    clock.advance(Math.min(left, 500))
    for (const client of clients) client.confirm()
  }
}

const bytesOf = (raw: Raw<typeof den>): string =>
  raw.frames.map((frame) => Buffer.from(frame).toString('latin1')).join('\n')

beforeEach(() => {
  crashAt = -1
  clock = virtualClock()
  store = memoryStore()
  start()
})

describe('what whom reaches', () => {
  test('[SY1] `mine` and what is sent to one seat never reach the bytes of others, `hidden` nobody', async () => {
    const [ann, bob, eve] = [await enter(), await enter(), await enter({ intent: 'watch' })]
    ann.send('whisper')
    play(1000, ann, bob, eve)
    ann.lose()
    const again = await back(ann)
    expect(ann.mine).toEqual({ hand: 'NEW-HAND-OF-1' })
    expect(again.mine).toEqual({ hand: 'NEW-HAND-OF-1' })
    expect(bytesOf(ann)).toContain('SECRET-FOR-1')
    for (const other of [bob, eve]) {
      expect(bytesOf(other)).not.toMatch(/HAND-OF-1|SECRET-FOR-1/)
    }
    for (const raw of [ann, bob, eve, again]) expect(bytesOf(raw)).not.toContain('DECK')
  })

  test('[SY2] everybody gets the same buffer of a DELTA and of a FULL', async () => {
    const [ann, bob] = [await enter(), await enter()]
    clock.advance(100)
    expect(ann.frames.at(-1)).toBe(bob.frames.at(-1))
    const dial = { intent: 'watch', ask: { name: 'Eve' } } as const
    const [liz, pam] = [dialRaw(host, den, dial), dialRaw(host, den, dial)]
    await settle()
    expect(liz.frames[1]).toBe(pam.frames[1])
  })

  test('[SY3] OWN comes before the DELTA of its tick, written in one go', async () => {
    const [ann, bob] = [await enter(), await enter()]
    clock.advance(100)
    ann.send('shout', 'hey')
    clock.advance(100)
    const kinds = (raw: Raw<typeof den>) => raw.frames.slice(-2).map((frame) => frame[0])
    expect(kinds(ann)).toEqual([7, 6])
    expect(kinds(bob)).toEqual([6, 6])
    expect(bob.told.at(-1)).toEqual({ tick: ann.tick, place: 0, event: 0, value: 'hey' })
  })
})

describe('a slow client costs nobody else', () => {
  test('[SY4] a client whose pipe is full is skipped, then given a full', async () => {
    const [ann, bob] = [await enter(), await enter()]
    ann.pipe.queued = 1e6
    const { tick, frames } = { tick: ann.tick, frames: ann.frames.length }
    play(3000, bob)
    expect(ann.frames.length).toBe(frames)
    expect(bob.tick).toBe(tick + 30)
    ann.pipe.queued = 0
    ann.confirm()
    clock.advance(100)
    expect(ann.tick).toBe(bob.tick)
    expect(ann.state).toEqual(bob.state)
    expect(ann.fulls).toBe(2)
  })

  test('[SY5] a client that confirms nothing for two seconds is skipped until it does', async () => {
    const [ann, bob] = [await enter(), await enter()]
    play(2600, bob)
    const stuck = ann.tick
    play(3000, bob)
    expect(ann.tick).toBe(stuck)
    ann.confirm()
    clock.advance(100)
    expect(ann.tick).toBe(bob.tick)
  })

  test('[SY6] events that a skipped client has missed are told with its full, each once and in order', async () => {
    const [ann, bob] = [await enter(), await enter()]
    ann.pipe.queued = 1e6
    for (const word of ['one', 'two', 'three']) {
      bob.send('shout', word)
      clock.advance(100)
    }
    ann.pipe.queued = 0
    play(1500, ann, bob)
    expect(ann.told.map(({ value }) => value)).toEqual(['one', 'two', 'three'])
    expect(ann.missed).toBe(0)
  })

  test('[SY7] events beyond the ring are missed, and the client is told how many', async () => {
    start({ inputs: { perSecond: 1000, burst: 1000 } })
    const [ann, bob] = [await enter(), await enter()]
    ann.pipe.queued = 1e6
    const shouts = 6000
    for (let i = 0; i < shouts; i++) {
      bob.send('shout', 'x'.repeat(40))
      if (i % 4 === 3) play(100, bob)
    }
    play(500, bob)
    ann.pipe.queued = 0
    play(1000, ann, bob)
    expect(bob.told.length).toBe(shouts)
    expect(ann.missed).toBeGreaterThan(0)
    expect(ann.missed + ann.told.length).toBe(shouts)
  })

  test('[SY8] a full is asked for and given, at most once a second', async () => {
    const ann = await enter()
    clock.advance(1000)
    for (let i = 0; i < 5; i++) ann.askFull()
    clock.advance(100)
    expect(ann.fulls).toBe(2)
    ann.askFull()
    clock.advance(500)
    expect(ann.fulls).toBe(2)
    clock.advance(500)
    expect(ann.fulls).toBe(3)
  })
})

describe('a seat outlives its connection', () => {
  test('[SE1] a lost connection holds the seat; its token brings the player back', async () => {
    const [ann, bob] = [await enter(), await enter()]
    ann.send('add', 5)
    clock.advance(100)
    ann.lose()
    play(20_000, bob)
    expect(bob.state!.seats.get(1)).toMatchObject({ sum: 5, away: 1 })
    const again = await back(ann)
    expect(again.welcome).toMatchObject({ seat: 1, ack: 1 })
    expect(again.state).toEqual(bob.state)
    again.send('add', 1)
    clock.advance(100)
    expect(again.state!.seats.get(1)!.sum).toBe(6)
  })

  test('[GW15] what is said of a player names its room, seat and tick', async () => {
    const ann = await enter()
    ann.lose()
    const named = { game: 'den', room: ann.welcome!.room, seat: 1, tick: 1 }
    expect(said.at(-1)).toEqual(['debug', 'a player is away', named])
  })

  test('[SE2] a seat that is not claimed in time is given up; its token is worth nothing then', async () => {
    const [ann, bob] = [await enter(), await enter()]
    ann.lose()
    play(30_500, bob)
    expect([...bob.state!.seats.keys()]).toEqual([2])
    expect((await back(ann)).reason?.code).toBe('GONE')
  })

  test('[SE11] a token that is not of this seat is refused before anything is looked up', async () => {
    const [ann, bob] = [await enter(), await enter({ intent: 'create' })]
    const { room: code, token } = ann.welcome!
    const dial = (more: RawDial) => enter({ intent: 'resume', code, token, ...more })
    const forged = token.replace(/^1\./, '2.')
    // Of a room that is not there the answer is the same.
    for (const bad of [
      { token: forged },
      { token: '' },
      { code: bob.welcome!.room },
      { code: 'NOSUCH', token: forged },
    ]) {
      expect((await dial(bad)).reason).toMatchObject({
        code: 'GONE',
        message: expect.stringContaining('not made for this room'),
      })
    }
    expect(ann.closed).toBeUndefined()
    expect((await dial({})).welcome).toMatchObject({ seat: 1 })
  })

  test('[SE11] the seat of another life is not the one of the token, though its number is', async () => {
    start({ save: { every: '1s' } })
    const ann = await enter()
    play(1500, ann)
    const late = await enter()
    ann.send('crash')
    clock.advance(100)
    crashAt = -1
    // The room came back without the second seat, and gives its number again.
    expect(late.reason?.code).toBe('CRASHED')
    const next = await enter()
    expect(next.welcome!.seat).toBe(late.welcome!.seat)
    expect((await back(late)).reason?.code).toBe('GONE')
    expect(next.closed).toBeUndefined()
  })

  test('[SE3] inputs are applied once and in order, though they are sent again', async () => {
    const ann = await enter()
    ann.send('add', 1)
    ann.send('add', 10)
    ann.lose()
    const again = await back(ann)
    expect(again.welcome!.ack).toBe(2)
    again.send('add', 1, 1)
    again.send('add', 10, 2)
    again.send('add', 100, 3)
    clock.advance(100)
    expect(again.state!.seats.get(1)!.sum).toBe(111)
    again.send('add', 1000, 5)
    expect(again.reason?.code).toBe('OUT_OF_ORDER')
  })

  test('[SE4] a second connection with the token takes the seat over', async () => {
    const ann = await enter()
    const again = await back(ann)
    expect(ann.reason?.code).toBe('TAKEN_OVER')
    expect(ann.closed).toBe(4000)
    ann.lose()
    clock.advance(60_000)
    expect(again.closed).toBeUndefined()
    expect(again.state!.seats.has(1)).toBe(true)
  })

  test('[SE5] a player who is gone before the seat is there leaves no ghost', async () => {
    const bob = await enter()
    const ann = dialRaw(host, den, { ask: { name: 'Ann' } })
    await settle()
    ann.lose()
    clock.advance(300)
    expect([...bob.state!.seats.keys()]).toEqual([1])
  })

  test('[SE6] inputs that come too fast wait; too many of them close the connection', async () => {
    start({ inputs: { perSecond: 10, burst: 5 } })
    const ann = await enter()
    for (let i = 0; i < 20; i++) ann.send('add', 1)
    clock.advance(100)
    expect(ann.state!.seats.get(1)!.sum).toBeLessThanOrEqual(7)
    play(3000, ann)
    expect(ann.state!.seats.get(1)!.sum).toBe(20)
    for (let i = 0; i < 5 + 64; i++) ann.send('add', 1)
    expect(ann.closed).toBeUndefined()
    for (let i = 0; i < 5; i++) ann.send('add', 1)
    expect(ann.reason?.code).toBe('FLOOD')
  })

  test('[SE7] whoever leaves is told so, and the seat is free at once', async () => {
    const ann = await enter()
    ann.leave()
    clock.advance(100)
    expect(ann.reason?.code).toBe('LEFT')
    expect(host.counts.seats).toBe(0)
  })

  test('[SE9] what a player was to be told while away, or had not confirmed, is told once it is back', async () => {
    const [ann, bob] = [await enter(), await enter()]
    ann.send('whisper')
    clock.advance(100)
    ann.lose()
    // Told, but never confirmed: this client reads it and forgets it, as one does whose line was cut on the way.
    const had = ann.tick - 1
    bob.send('shout', 'while away')
    play(1000, bob)
    const { room: code, token, epoch } = ann.welcome!
    const again = await enter({ intent: 'resume', code, token, epoch, tick: had })
    expect(again.told.map(({ value }) => value)).toEqual(['SECRET-FOR-1', 'while away'])
    expect(again.missed).toBe(0)
    bob.send('shout', 'after')
    play(1000, bob, again)
    expect(again.told.map(({ value }) => value)).toEqual(['SECRET-FOR-1', 'while away', 'after'])
    again.lose()
    const third = await back(again)
    expect(third.told).toEqual([])
  })
})

describe('rooms that are saved', () => {
  const saved = { save: { every: '5s' }, holdSeat: '10s' } as const

  test('[ND1] a stopped server finds its rooms again, seats and chance included', async () => {
    start(saved)
    const [ann, bob] = [await enter({ intent: 'create', private: true }), await enter()]
    ann.send('add', 3)
    ann.send('whisper')
    clock.advance(100)
    ann.send('add', 4)
    const { random } = host.room('den', ann.welcome!.room)!.machine
    const stopped = host.stop()
    await settle()
    await stopped
    expect([ann.closed, bob.closed]).toEqual([4002, 4002])
    expect(ann.reason).toBeUndefined()

    start(saved)
    await host.restore()
    await settle()
    expect(host.counts).toMatchObject({ rooms: 2, seats: 2 })
    expect(host.room('den', ann.welcome!.room)!.machine.random.state).toEqual(random.state)
    const again = await back(ann)
    expect(again.welcome).toMatchObject({ seat: 1, ack: 3, epoch: 2 })
    // Rules heard that the player was away, as they do of any lost connection.
    expect(again.state!.seats.get(1)).toMatchObject({ sum: 7, away: 1 })
    expect(again.mine).toEqual({ hand: 'NEW-HAND-OF-1' })
    expect(await host.list('den')).toHaveLength(1)
    const carl = await enter({ code: ann.welcome!.room })
    expect(carl.welcome!.seat).toBe(2)
  })

  test('[SE12] a checkpoint does not hold what takes a seat, not even for who has the key', async () => {
    start(saved)
    const ann = await enter()
    await host.stop()
    const [, secret = ''] = ann.welcome!.token.split('.')
    const bytes = Buffer.from((await store.get(`room/den/${ann.welcome!.room}`))!).toString('latin1')
    expect(bytes).not.toContain(secret)
    const [digest = ''] = /[\w-]{43}/.exec(bytes)!
    start(saved)
    await host.restore()
    const room = { protocol: 'den', code: ann.welcome!.room }
    const guess = Buffer.from(digest, 'base64url').toString('hex').slice(0, 32)
    const token = writeToken(
      createSeal(['of these tests'], () => 0),
      room,
      { seat: 1, secret: guess },
    )
    expect((await enter({ intent: 'resume', code: room.code, token })).reason?.code).toBe('GONE')
    expect((await back(ann)).welcome).toMatchObject({ seat: 1 })
  })

  test('[ND1] a room that sends fewer frames than it ticks is saved as often', async () => {
    start({ ...saved, hz: 60, send: 20, save: { every: '2s' } })
    const ann = await enter()
    play(10_000, ann)
    await settle()
    expect(await store.keys('room/')).toHaveLength(1)
  })

  test('[ND2] seats of a restored room are held anew, then given up; the room closes and is forgotten', async () => {
    start(saved)
    const ann = await enter()
    await host.stop()
    start({ ...saved, closeEmptyAfter: '1s' })
    await host.restore()
    await settle()
    clock.advance(9000)
    expect(host.counts.seats).toBe(1)
    clock.advance(3000)
    await settle()
    expect(host.counts.rooms).toBe(0)
    expect(await store.keys('room/')).toEqual([])
    expect((await back(ann)).reason?.code).toBe('GONE')
  })

  test('[ND3] a saved room that crashes opens again from its checkpoint; no connection is lost', async () => {
    start(saved)
    const ann = await enter()
    const eve = await enter({ intent: 'watch' })
    ann.send('add', 3)
    play(6000, ann, eve)
    const late = await enter({ ask: { name: 'Late' } })
    ann.send('crash')
    clock.advance(100)
    crashAt = -1
    expect(ann.welcome).toMatchObject({ seat: 1, epoch: 2, ack: 1 })
    expect(ann.closed).toBeUndefined()
    expect(ann.state!.seats.get(1)).toMatchObject({ sum: 3 })
    // What was on its way is passed over until all that was not taken in is sent again.
    ann.send('add', 1, 3)
    ann.send('crash', undefined, 2)
    ann.send('add', 1, 3)
    play(1000, ann, eve)
    expect(ann.refusals).toMatchObject([{ seq: 2, code: 'INPUT_FAILED' }])
    expect(ann.state!.seats.get(1)!.sum).toBe(4)
    expect(eve.state).toEqual(ann.state)
    // A seat that the checkpoint did not know is told that it is over.
    expect(late.reason?.code).toBe('CRASHED')
  })

  test('[ND4] a room that crashes over and over is closed with a reason', async () => {
    start(saved)
    const ann = await enter()
    play(6000, ann)
    for (let epoch = 1; epoch <= 4; epoch++) {
      expect(ann.welcome!.epoch).toBe(epoch)
      expect(ann.closed).toBeUndefined()
      for (let seq = 1; seq <= epoch; seq++) ann.send('crash', undefined, seq)
      clock.advance(100)
      crashAt = -1
    }
    expect(ann.reason?.code).toBe('CRASHED')
    expect(ann.closed).toBe(4000)
    await settle()
    expect(host.counts.rooms).toBe(0)
    expect(await store.keys('')).toEqual([])
  })

  test('[ND5] a checkpoint that cannot be read keeps nothing else from opening', async () => {
    start(saved)
    await enter()
    await host.stop()
    await store.put('room/den/BROKEN', Uint8Array.of(1, 2, 3))
    start(saved)
    await host.restore()
    await settle()
    expect(host.counts.rooms).toBe(1)
  })
})
