import { expect, test } from 'vitest'
import { virtualClock } from '../../core/clock.ts'
import { senderFinder } from './address.ts'
import { createBans } from './bans.ts'
import { createDoor, type Errand } from './door.ts'
import { fullLimits, type Limits } from './limits.ts'
import { recent } from './recent.ts'

function open(limits: Limits = {}) {
  const clock = virtualClock()
  const bans = createBans(clock)
  const story: string[] = []
  const door = createDoor({
    limits: fullLimits(limits),
    bans,
    clock,
    log: (level, message) => void (level === 'debug' || story.push(`${level}: ${message}`)),
  })
  const find = senderFinder()
  const from = (address: string, headers = {}) => find(address, headers)
  return {
    clock,
    bans,
    story,
    from,
    enter: (address: string, headers = {}) => door.enter(from(address, headers)),
    dial: (address: string, headers = {}) => door.dial(from(address, headers)),
    ask: (address: string, errand: Errand = 'page', headers = {}) =>
      door.request(from(address, headers), errand),
  }
}

const ann = '203.0.113.7'
const bob = '203.0.113.8'
const home = '127.0.0.1'

test('[SF2] an address has at most so many sockets, others are not concerned, and who leaves makes room', () => {
  const { dial, enter } = open({ perAddress: 2 })
  const stays = [enter(ann), enter(ann)]
  expect(dial(ann)).toEqual({
    status: 429,
    words: '2 connections are the most from one address.',
    retryAfter: 1,
  })
  expect(dial(bob)).toBeUndefined()
  stays[0]!.leave()
  expect(dial(ann)).toBeUndefined()
})

test('[SF2] of IPv6 a /64 is one address', () => {
  const { dial, enter } = open({ perAddress: 2 })
  enter('2001:db8::1')
  enter('2001:db8::ffff:2')
  expect(dial('2001:db8::3')?.status).toBe(429)
  expect(dial('2001:db8:0:1::3')).toBeUndefined()
})

test('[SF2] the default is 256; programs of this machine are counted only if it was set', () => {
  const { dial, enter } = open()
  for (let at = 0; at < 256; at++) {
    expect(dial(ann)).toBeUndefined()
    enter(ann)
    enter(home)
  }
  expect(dial(ann)?.status).toBe(429)
  expect(dial(home)).toBeUndefined()
  const set = open({ perAddress: 1 })
  set.enter(home)
  expect(set.dial(home)?.status).toBe(429)
})

test('[SF3] an address dials at most so often, others are not concerned', () => {
  const { dial, clock } = open({ dials: { perSecond: 2, burst: 3 } })
  for (const address of [ann, home]) {
    for (let at = 0; at < 3; at++) expect(dial(address)).toBeUndefined()
    expect(dial(address)).toMatchObject({ status: 429, retryAfter: 1 })
  }
  expect(dial(bob)).toBeUndefined()
  clock.advance(500)
  expect(dial(ann)).toBeUndefined()
  expect(dial(ann)?.status).toBe(429)
})

test('[SF3] the default is 500 at once, and programs of this machine are not counted', () => {
  const { dial } = open()
  for (let at = 0; at < 500; at++) expect(dial(ann)).toBeUndefined()
  expect(dial(ann)?.status).toBe(429)
  for (let at = 0; at < 1000; at++) expect(dial(home)).toBeUndefined()
})

test('[SF14] an address asks at most so often, others are not concerned, nor are its dials', () => {
  const { ask, dial, clock, story } = open({ requests: { perSecond: 2, burst: 3 } })
  for (const address of [ann, home]) {
    for (let at = 0; at < 3; at++) expect(ask(address)).toBeUndefined()
    expect(ask(address)).toEqual({
      status: 429,
      words: 'More than 2 requests per second from your address.',
      retryAfter: 1,
    })
    expect(dial(address)).toBeUndefined()
  }
  expect(ask(bob)).toBeUndefined()
  clock.advance(500)
  expect(ask(ann)).toBeUndefined()
  expect(ask(ann)?.status).toBe(429)
  expect(story).toEqual(['warn: turned somebody away'])
})

test('[SF14] those who ask how the server is are counted apart, and may a tenth as often', () => {
  const { ask } = open({ requests: { perSecond: 2, burst: 1 } })
  expect([ask(ann), ask(ann)?.status]).toEqual([undefined, 429])
  expect([ask(ann, 'probe'), ask(ann, 'probe')?.status]).toEqual([undefined, 429])
  const often = open().ask
  for (let at = 0; at < 200; at++) expect(often(ann, 'probe')).toBeUndefined()
  expect(often(ann, 'probe')?.words).toBe('More than 10 requests per second from your address.')
})

test('[SF14] the default is 2,000 at once; neither this machine nor an unknown proxy is counted', () => {
  const { ask } = open()
  for (let at = 0; at < 2000; at++) expect(ask(ann)).toBeUndefined()
  expect(ask(ann)?.status).toBe(429)
  for (let at = 0; at < 3000; at++) {
    expect(ask(home)).toBeUndefined()
    expect(ask('10.0.0.1', 'page', { 'x-forwarded-for': ann })).toBeUndefined()
  }
})

test('[SF4] at most so many are on their way in; who is in, or gone, makes room', () => {
  const { dial, enter } = open({ entering: 2 })
  const [first, second] = [enter(ann), enter(bob)]
  expect(dial(home)).toEqual({
    status: 503,
    words: '2 clients are on their way in; dial again.',
    retryAfter: 1,
  })
  expect(first.admit(undefined)).toBeUndefined()
  expect(dial(home)).toBeUndefined()
  const third = enter(home)
  expect(dial(home)?.status).toBe(503)
  second.leave()
  first.leave()
  expect(dial(home)).toBeUndefined()
  enter(home)
  third.leave()
  expect(dial(home)).toBeUndefined()
})

test('[SF5] an address whose connections flood too often is banned for a while', () => {
  const { dial, enter, clock, story } = open({ strikes: { most: 3, within: '1m', ban: '90s' } })
  for (let at = 0; at < 3; at++) {
    enter(ann).ending(at === 1 ? 'MALFORMED' : 'FLOOD')
    expect(dial(ann)).toBeUndefined()
  }
  enter(ann).ending('FLOOD')
  expect(dial(ann)).toEqual({
    status: 429,
    words: 'Too many floods came from your address.',
    retryAfter: 90,
  })
  expect(dial(bob)).toBeUndefined()
  expect(story).toEqual(['warn: banned for a while', 'warn: turned somebody away'])
  clock.advance(89_999)
  expect(dial(ann)).toMatchObject({ status: 429, retryAfter: 1 })
  clock.advance(1)
  expect(dial(ann)).toBeUndefined()
  // Afterwards it has as many again.
  for (let at = 0; at < 3; at++) enter(ann).ending('FLOOD')
  expect(dial(ann)).toBeUndefined()
})

test('[SF5] floods that are far apart, and other codes, ban nobody', () => {
  const { dial, enter, clock } = open()
  for (let at = 0; at < 50; at++) {
    enter(ann).ending('FLOOD')
    enter(bob).ending(['KICKED', 'ROOM_FULL', 'WRONG_WIRE', 'TOO_SLOW', 'OUT_OF_ORDER'][at % 5]!)
    clock.advance(20_000)
  }
  expect(dial(ann)).toBeUndefined()
  expect(dial(bob)).toBeUndefined()
})

test('[SF5] at this machine a flood counts, and MALFORMED does not', () => {
  const { dial, enter } = open()
  for (let at = 0; at < 50; at++) enter(home).ending('MALFORMED')
  expect(dial(home)).toBeUndefined()
  for (let at = 0; at < 4; at++) enter(home).ending('FLOOD')
  expect(dial(home)?.status).toBe(429)
})

test('[SF5] a user that is known answers for itself, not for its address', () => {
  const { dial, enter } = open()
  for (let at = 0; at < 4; at++) {
    const stay = enter(ann)
    expect(stay.admit({ id: 5 })).toBeUndefined()
    stay.ending('FLOOD')
  }
  expect(dial(ann)).toBeUndefined()
  expect(enter(bob).admit({ id: 5 })).toMatchObject({
    code: 'BANNED',
    message: 'Too many connections that flooded or made no sense. (60 s left)',
  })
  expect(enter(ann).admit({ id: 6 })).toBeUndefined()
})

test('[SF1] nothing is counted against a proxy that nobody named, and the log says what to do', () => {
  const { dial, enter, story } = open({ perAddress: 1, dials: { perSecond: 1, burst: 1 } })
  const headers = { 'x-forwarded-for': ann }
  for (let at = 0; at < 10; at++) {
    expect(dial(home, headers)).toBeUndefined()
    enter(home, headers).ending('FLOOD')
  }
  expect(story).toEqual([
    'warn: a proxy forwards clients here: name it in `proxies`, or no limit by address holds',
  ])
})

test('[SF6] who is banned by somebody is let dial, to be told why', () => {
  const { bans, dial, enter } = open()
  bans.make({ address: ann, reason: 'spam' })
  expect(dial(ann)).toBeUndefined()
  expect(enter(ann).banned).toMatchObject({ code: 'BANNED', message: 'spam' })
  expect(enter(bob).banned).toBeUndefined()
})

test('[SF7] what is remembered of addresses is bounded; the oldest start afresh', () => {
  let made = 0
  const table = recent(2, () => ++made)
  expect([table.get('a'), table.get('b'), table.get('a'), table.get('c')]).toEqual([1, 2, 1, 3])
  expect([table.get('a'), table.get('b')]).toEqual([1, 4])
})
