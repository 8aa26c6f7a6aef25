import { expect, test } from 'vitest'
import { virtualClock } from '../../core/clock.ts'
import { createTimer } from '../../core/timer.ts'
import { refuse, type Refused } from '../../core/errors.ts'
import { type Hello, readReason, readWait, writeHello } from '../../core/frames/hello.ts'
import { down, WIRE } from '../../core/frames/kinds.ts'
import type { Arrival, Link } from '../../core/link.ts'
import type { Pipe } from '../../core/pipe.ts'
import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'
import { createTraffic } from '../metrics/traffic.ts'
import type { Auth } from './auth.ts'
import type { Stay } from './door.ts'
import { type Drain, startDrain } from './drain.ts'
import { fullLimits, type Limits } from './limits.ts'
import type { Line } from './line.ts'
import { Session } from './session.ts'
import { createTurnstile, type Turnstile } from './turnstile.ts'

const hello: Hello = { wire: WIRE, protocol: 'snake', hash: 7, ticket: 'let me in', intent: 'watch' }

function bytes(of: Hello = hello): Uint8Array {
  const w = new Writer()
  writeHello(w, of)
  return w.take()
}

/** A session over a fake line and a fake link; everything that happens is in `story`. */
function open({
  auth,
  limits,
  connect,
  no,
  turnstile,
}: {
  auth?: Auth
  limits?: Limits
  connect?: (pipe: Pipe) => void
  no?: Refused
  turnstile?: Turnstile
} = {}) {
  const story: string[] = []
  const arrivals: Arrival[] = []
  const admitted: unknown[] = []
  const clock = virtualClock()
  let isOpen = true
  const line: Line = {
    write(frame) {
      const r = new Reader(frame)
      const kind = r.u8()
      if (kind === down.REFUSED) story.push(`refused ${readReason(r).code}`)
      else story.push(kind === down.WAIT ? `wait ${readWait(r)}` : `frame ${kind}`)
    },
    queued: 0,
    get open() {
      return isOpen
    },
    close(code, reason) {
      isOpen = false
      story.push(`closed ${code} ${reason}`)
    },
    ping: () => story.push('ping'),
    pong() {},
    cut() {
      isOpen = false
      story.push('cut')
    },
  }
  const link: Link = {
    connect(pipe, arrival) {
      arrivals.push(arrival)
      story.push('connect')
      connect?.(pipe)
      return { receive: (frame) => story.push(`got ${[...frame].join()}`), lost: () => story.push('lost') }
    },
    list: () => Promise.resolve([]),
  }
  const fields: unknown[] = []
  const log = (level: string, message: string, said?: object): void => {
    fields.push(said)
    if (level === 'error' || level === 'warn') story.push(`${level}: ${message}`)
  }
  const dial = {
    protocol: 'snake',
    code: 'ABCD',
    url: '/r/snake/ABCD',
    headers: { cookie: 'a=1' },
    address: '10.0.0.9',
  }
  const stay: Stay = {
    keys: [],
    banned: undefined,
    admit: (user) => {
      admitted.push(user)
      return no
    },
    ending() {},
    leave() {},
  }
  let drain: Drain | undefined
  const full = fullLimits(limits)
  const traffic = createTraffic(['snake'])
  const given = {
    link,
    auth,
    limits: full,
    turnstile: turnstile ?? createTurnstile(full.arrivals),
    clock,
    timer: createTimer(clock),
    log,
    traffic,
    drain: () => drain,
  }
  const session = new Session(given, dial, line, stay)
  const startDraining = (within: number): Drain =>
    (drain = startDrain({ clock, random: () => 0.25 }, [{ session, line }], within))
  return { session, story, fields, arrivals, admitted, clock, traffic, startDraining }
}

/** Lets every promise that can settle do so. */
async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

test('[GW1] a client that says HELLO is taken in, with the code it dialled and what auth answered', async () => {
  const asked: unknown[] = []
  const { session, story, arrivals } = open({
    auth: async (request) => {
      asked.push(request)
      return { id: 5 }
    },
  })
  session.receive(bytes())
  await settled()
  session.receive(Uint8Array.of(4))
  expect(story).toEqual(['connect', 'got 4'])
  expect(arrivals).toEqual([{ hello, code: 'ABCD', user: { id: 5 }, address: '10.0.0.9' }])
  expect(asked).toEqual([
    {
      protocol: 'snake',
      code: 'ABCD',
      url: '/r/snake/ABCD',
      headers: { cookie: 'a=1' },
      address: '10.0.0.9',
      ticket: 'let me in',
    },
  ])
})

test('[GW2] bytes that are not HELLO are refused, and nothing after them is read', async () => {
  for (const bad of [[], [0], [2, 1], [1, WIRE, 200], [...bytes(), 0]]) {
    const { session, story } = open()
    session.receive(Uint8Array.from(bad))
    session.receive(bytes())
    await settled()
    expect(story).toEqual(['refused MALFORMED', 'closed 4001 MALFORMED'])
  }
})

test('[GW2] a text message is refused, before HELLO and after', async () => {
  const fresh = open()
  fresh.session.text()
  expect(fresh.story).toEqual(['refused MALFORMED', 'closed 4001 MALFORMED'])
  const entered = open()
  entered.session.receive(bytes())
  await settled()
  entered.session.text()
  expect(entered.story).toEqual(['connect', 'lost', 'refused MALFORMED', 'closed 4001 MALFORMED'])
})

test('[GW2] HELLO for another protocol than the address says is refused', () => {
  const { session, story } = open()
  session.receive(bytes({ ...hello, protocol: 'tag' }))
  expect(story).toEqual(['refused MALFORMED', 'closed 4001 MALFORMED'])
})

test('[GW3] another wire version is told so before auth is asked', async () => {
  const { session, story } = open({ auth: () => expect.unreachable() })
  session.receive(Uint8Array.of(1, WIRE + 1, 9, 9, 9))
  await settled()
  expect(story).toEqual(['refused WRONG_WIRE', 'closed 4001 WRONG_WIRE'])
})

test('[GW4] auth refuses with a code of its own, returned or thrown', async () => {
  const answers: Auth[] = [
    () => refuse('BANNED', 'until Friday'),
    () => Promise.reject(refuse('BANNED')),
    () => {
      throw refuse('BANNED')
    },
  ]
  for (const auth of answers) {
    const { session, story } = open({ auth })
    session.receive(bytes())
    await settled()
    expect(story).toEqual(['refused BANNED', 'closed 4001 BANNED'])
  }
})

test('[GW4] auth that throws anything else, or answers what cannot be copied, is logged and told as DENIED', async () => {
  const answers: Auth[] = [() => Promise.reject(new Error('no database')), () => ({ greet: () => 'hi' })]
  for (const auth of answers) {
    const { session, story } = open({ auth })
    session.receive(bytes())
    await settled()
    expect(story).toEqual(['error: auth failed', 'refused DENIED', 'closed 4001 DENIED'])
  }
})

test('[GW15] what is said of a client names the game and room that it dialled', async () => {
  const dialled = { game: 'snake', room: 'ABCD', address: '10.0.0.9' }
  const error = new Error('no database')
  const denied = open({ auth: () => Promise.reject(error) })
  denied.session.receive(bytes())
  await settled()
  expect(denied.fields[0]).toEqual({ ...dialled, error })
  const silent = open()
  silent.session.receive(bytes())
  await settled()
  silent.clock.advance(15_000)
  expect(silent.fields.at(-1)).toEqual({ ...dialled, code: 'SILENT' })
})

test('[GW5] what arrives while auth is asked waits, in order, and is the bytes that arrived', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const { session, story } = open({ auth: () => promise })
  session.receive(bytes())
  const buffer = Uint8Array.of(1, 1)
  session.receive(buffer)
  buffer.fill(2)
  session.receive(buffer)
  resolve('Ann')
  await settled()
  expect(story).toEqual(['connect', 'got 1,1', 'got 2,2'])
})

test('[GW5] the seventeenth message that waits for auth is a flood', () => {
  const { session, story } = open({ auth: () => new Promise(() => {}) })
  session.receive(bytes())
  for (let i = 0; i < 16; i++) session.receive(Uint8Array.of(i))
  expect(story).toEqual([])
  session.receive(Uint8Array.of(16))
  expect(story).toEqual(['refused FLOOD', 'closed 4001 FLOOD'])
})

test('[GW6] who has not said HELLO by the deadline is refused', () => {
  const { story, clock } = open({ limits: { handshake: 1000 } })
  clock.advance(999)
  expect(story).toEqual([])
  clock.advance(1)
  expect(story).toEqual(['refused TOO_SLOW', 'closed 4001 TOO_SLOW'])
})

test('[GW6] the deadline holds for auth too, and its late answer opens nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const { session, story, clock } = open({ auth: () => promise, limits: { handshake: 1000 } })
  session.receive(bytes())
  clock.advance(1000)
  resolve(undefined)
  await settled()
  expect(story).toEqual(['warn: auth did not answer in time', 'refused TOO_SLOW', 'closed 4001 TOO_SLOW'])
})

test('[GW6] once in, the deadline is called off', async () => {
  const { session, story, clock } = open()
  session.receive(bytes())
  await settled()
  clock.advance(5000)
  expect(story).toEqual(['connect', 'ping'])
})

test('[GW7] messages and pings beyond the rate are a flood; a slower client goes on for ever', async () => {
  const { session, story, clock } = open({ limits: { frames: { perSecond: 10, burst: 20 } } })
  session.receive(bytes())
  await settled()
  for (let i = 0; i < 200; i++) {
    clock.advance(100)
    session.receive(Uint8Array.of(4))
  }
  expect(story.filter((line) => line === 'got 4')).toHaveLength(200)
  story.length = 0
  for (let i = 0; i < 10; i++) session.receive(Uint8Array.of(4))
  for (let i = 0; i < 10; i++) session.pong()
  expect(story).toEqual([...Array<string>(10).fill('got 4'), 'lost', 'refused FLOOD', 'closed 4001 FLOOD'])
})

test('[GW8] a client is pinged every 5 s, and cut after 14 s without a sign of life', async () => {
  const { session, story, clock } = open()
  session.receive(bytes())
  await settled()
  clock.advance(13_999)
  session.pong()
  clock.advance(13_999)
  expect(story.filter((line) => line !== 'ping')).toEqual(['connect'])
  expect(story.length).toBeGreaterThanOrEqual(6)
  clock.advance(1)
  expect(story.slice(-2)).toEqual(['lost', 'cut'])
  expect(clock.next).toBeUndefined()
})

test('[GW8] a client that speaks is pinged every 30 s, for the round trip', async () => {
  const { session, story, clock } = open()
  session.receive(bytes())
  await settled()
  for (let second = 1; second <= 60; second++) {
    clock.advance(1000)
    session.receive(Uint8Array.of(4))
  }
  expect(story.filter((line) => line === 'ping')).toHaveLength(2)
})

test('[GW8] a server that stood still hears first, and judges one ping later', async () => {
  const [alive, dead] = [open(), open()]
  for (const { session, clock } of [alive, dead]) {
    session.receive(bytes())
    await settled()
    clock.at(1000, () => clock.advance(60_000))
    clock.advance(1000)
  }
  alive.session.ping()
  alive.clock.advance(13_999)
  expect(alive.story).not.toContain('cut')
  dead.clock.advance(4999)
  expect(dead.story).not.toContain('cut')
  dead.clock.advance(1)
  expect(dead.story).toContain('cut')
})

test('[GW9] a lost socket is told to the room once, and leaves no timer behind', async () => {
  const { session, story, clock } = open()
  session.receive(bytes())
  await settled()
  session.lost()
  session.lost()
  session.receive(Uint8Array.of(4))
  expect(story).toEqual(['connect', 'lost'])
  expect(clock.next).toBeUndefined()
})

test('[SE14] beyond `arrivals` a client is told to WAIT, each another time, and `auth` is not asked', async () => {
  const limits = { arrivals: { perSecond: 100, burst: 2 } }
  const full = fullLimits(limits)
  const turnstile = createTurnstile(full.arrivals)
  const asked: string[] = []
  const dial = () => {
    const one = open({ limits, turnstile, auth: ({ code }) => void asked.push(code) })
    one.session.receive(bytes())
    return one
  }
  const all = Array.from({ length: 5 }, dial)
  await settled()
  expect(all.map(({ story }) => story.join())).toEqual([
    'connect',
    'connect',
    'wait 113,closed 4002 WAIT',
    'wait 125,closed 4002 WAIT',
    'wait 138,closed 4002 WAIT',
  ])
  expect(asked).toHaveLength(2)
  expect(all[2]!.clock.next).toBeUndefined()
})

test('[SE14] nobody is told to wait longer than about ten seconds', () => {
  const turnstile = createTurnstile({ perSecond: 10, burst: 1 })
  const waits = Array.from({ length: 1000 }, () => turnstile.pass(0))
  expect(waits[0]).toBe(0)
  expect(Math.max(...waits)).toBeLessThanOrEqual(10_100)
  expect(Math.min(...waits.slice(1))).toBeGreaterThanOrEqual(100)
})

test('[GW9] a socket that is lost while auth is asked never reaches a room', async () => {
  const { session, story, clock } = open({ auth: () => Promise.resolve() })
  session.receive(bytes())
  session.lost()
  await settled()
  expect(story).toEqual([])
  expect(clock.next).toBeUndefined()
})

test('[GW9] a client that the room turned away is heard no more', async () => {
  const { session, story } = open({ connect: (pipe) => pipe.close(4001, 'ROOM_FULL') })
  session.receive(bytes())
  session.receive(Uint8Array.of(4))
  await settled()
  session.receive(Uint8Array.of(4))
  session.lost()
  expect(story).toEqual(['connect', 'closed 4001 ROOM_FULL', 'lost'])
})

test('[GW9] a link that throws costs the client, not the process', async () => {
  const { session, story } = open({
    connect: () => {
      throw new Error('oh')
    },
  })
  session.receive(bytes())
  await settled()
  expect(story).toEqual([
    'connect',
    'error: a client could not be taken in',
    'refused CRASHED',
    'closed 4001 CRASHED',
  ])
})

test('[SF6] who may not come in as the user that auth named is told so, and reaches no room', async () => {
  const { session, story, admitted } = open({ auth: () => 'ann', no: refuse('BANNED', 'spam') })
  session.receive(bytes())
  await settled()
  session.receive(Uint8Array.of(4))
  expect(admitted).toEqual(['ann'])
  expect(story).toEqual(['refused BANNED', 'closed 4001 BANNED'])
})

test('[SF6] who is banned while in is told so, and leaves the seat', async () => {
  const { session, story } = open()
  session.receive(bytes())
  await settled()
  session.expel(refuse('BANNED'))
  session.expel(refuse('BANNED'))
  expect(story).toEqual(['connect', 'refused BANNED', 'closed 4001 BANNED', 'got 5', 'lost'])
})

test('[OP1] the round trip of each ping is measured by its pong, once', async () => {
  const { session, clock, traffic } = open({ limits: { ping: '5s' } })
  session.receive(bytes())
  await settled()
  session.pong()
  clock.advance(5000)
  clock.advance(30)
  session.pong()
  session.pong()
  clock.advance(4970)
  clock.advance(7)
  session.ping()
  session.pong()
  const { sum, counts } = traffic.rtt.get('snake')!
  expect([sum, counts.reduce((all, count) => all + count, 0)]).toEqual([37, 2])
})

test('[OP1] who is turned away is counted by code', async () => {
  const { session, traffic } = open()
  session.text()
  const other = open({ limits: { handshake: 100 } })
  other.clock.advance(100)
  expect([[...traffic.turnedAway], [...other.traffic.turnedAway]]).toEqual([
    [['MALFORMED', 1]],
    [['TOO_SLOW', 1]],
  ])
})

test('[OP11] who dials a server that drains is told to wait; later only who has a seat is', async () => {
  const watching = open()
  watching.startDraining(60_000)
  watching.session.receive(bytes())
  expect(watching.story).toEqual(['wait 2000', 'closed 4002 WAIT'])
  for (const intent of ['watch', 'resume'] as const) {
    const late = open({ limits: { handshake: '1m', ping: '10s' } })
    late.startDraining(60_000)
    late.clock.advance(5000)
    late.session.receive(bytes({ ...hello, intent, token: 't', epoch: 1, tick: 1 } as Hello))
    expect([intent, late.story]).toEqual([
      intent,
      intent === 'watch' ? ['refused STOPPING', 'closed 4001 STOPPING'] : ['wait 2000', 'closed 4002 WAIT'],
    ])
    await settled()
    expect(late.arrivals).toEqual([])
  }
})

test('[OP12] who is in is told how long it has, who is not in yet is not', async () => {
  const { session, story, startDraining } = open()
  session.receive(bytes())
  await settled()
  startDraining(60_000)
  expect(story).toEqual(['connect', `frame ${down.DRAINING}`])
  const outside = open()
  outside.startDraining(60_000)
  expect(outside.story).toEqual([])
})
