import { expect, test } from 'vitest'
import { virtualClock } from '../../core/clock.ts'
import { userKey } from '../../core/users.ts'
import { addressKey, createBans, wordsOf } from './bans.ts'

test('[SF6] a user is banned by itself or by its id, an address with its /64; both until the time is over', () => {
  const clock = virtualClock()
  const bans = createBans(clock)
  bans.make({ user: { id: 7, name: 'Ann' }, for: '10m', reason: 'spam' })
  bans.make({ user: 'bob' })
  bans.make({ address: '::ffff:203.0.113.7', for: 1000 })
  bans.make({ address: '2001:db8::1' })
  expect(bans.find(userKey({ id: 7 }))).toMatchObject({ user: 7, reason: 'spam', left: 600_000 })
  expect(bans.find(userKey(7))).toBeDefined()
  expect(bans.find(userKey('7'))).toBeUndefined()
  expect(bans.find(userKey('bob'))).toMatchObject({ left: Infinity, automatic: false })
  expect(bans.find(addressKey('203.0.113.7'))).toMatchObject({ address: '203.0.113.7' })
  expect(bans.find(addressKey('2001:db8::/64'))).toBeDefined()
  clock.advance(999)
  expect(bans.find(addressKey('203.0.113.7'))).toBeDefined()
  clock.advance(1)
  expect(bans.find(addressKey('203.0.113.7'))).toBeUndefined()
  expect(bans.list().map(({ user, address }) => user ?? address)).toEqual([7, 'bob', '2001:db8::/64'])
  clock.advance(600_000)
  expect(bans.list()).toHaveLength(2)
})

test('[SF6] a ban is lifted by what it was made by, or listed as', () => {
  const bans = createBans(virtualClock())
  bans.make({ user: { id: 'ann' } })
  bans.make({ address: '2001:db8::1' })
  bans.strike(addressKey('203.0.113.7'), 1000)
  for (const target of [{ user: 'ann' }, { address: '2001:db8::/64' }, { address: '203.0.113.7' }]) {
    expect(bans.list()).not.toEqual([])
    bans.lift(target)
  }
  expect(bans.list()).toEqual([])
})

test('[SF6] what cannot be banned is refused with words', () => {
  const bans = createBans(virtualClock())
  for (const user of [undefined, null, '', {}, { name: 'Ann' }, true, []])
    expect(() => bans.make({ user })).toThrow(/a user is banned by what `auth` answered/)
  for (const address of ['', 'ann', '1.2.3', '10.0.0.0/8'])
    expect(() => bans.make({ address })).toThrow(/is no address to ban/)
  expect(() => bans.make({ user: 1, for: '1d' as '1h' })).toThrow(/is not a duration/)
})

test('[SF6] the words say why and how long, never less than it is', () => {
  const ban = { reason: 'spam', automatic: false }
  expect(wordsOf({ ...ban, left: Infinity })).toBe('spam')
  expect(wordsOf({ ...ban, left: 1 })).toBe('spam (1 s left)')
  expect(wordsOf({ ...ban, left: 119_001 })).toBe('spam (2 min left)')
  expect(wordsOf({ ...ban, left: 7_200_000 })).toBe('spam (2 h left)')
  const { ban: long } = createBans(virtualClock()).make({ user: 1, reason: 'x'.repeat(300) })
  expect(long.reason).toHaveLength(200)
})

test('[SF7] there are at most 10,000 bans; one more is refused, until some are over', () => {
  const clock = virtualClock()
  const bans = createBans(clock)
  for (let user = 0; user < 10_000; user++) bans.make({ user, for: user === 5 ? '1s' : '1h' })
  expect(() => bans.make({ user: 'ann' })).toThrow(/10000 bans are the most/)
  bans.make({ user: 9, reason: 'once more' })
  clock.advance(1000)
  expect(bans.sweep()).toEqual(['user 5'])
  bans.make({ user: 'ann' })
  expect(bans.list()).toHaveLength(10_000)
})

test('[SF7] of bans that the server made 10,000 are kept, the newest', () => {
  const bans = createBans(virtualClock())
  for (let at = 0; at <= 10_000; at++) bans.strike(userKey(at)!, 60_000)
  expect(bans.list()).toHaveLength(10_000)
  expect(bans.find(userKey(0))).toBeUndefined()
  expect(bans.find(userKey(10_000))).toMatchObject({ user: 10_000, automatic: true })
})
