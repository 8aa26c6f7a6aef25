import { describe, expect, test } from 'vitest'
import { createSeal } from '../server/seal.ts'
import { GOOD_FOR, readToken, writeToken } from './tokens.ts'

let now = 1_800_000_000

const sealOf = (...keys: string[]) => createSeal(keys, () => now)
const seal = sealOf('a key of sixteen or more characters')
const room = { protocol: 'pit', code: 'H7X2PQ' }
const claim = { seat: 7, secret: '0123456789abcdef0123456789abcdef' }
const gone = expect.objectContaining({ code: 'GONE' })

describe('a token', () => {
  test('[SE11] says whose player its bearer is, in its room, however the code is written', () => {
    const token = writeToken(seal, room, claim)
    expect(readToken(seal, room, token)).toEqual(claim)
    expect(readToken(seal, { ...room, code: 'h7x2pq' }, token)).toEqual(claim)
    expect(token).toMatch(/^7\.[0-9a-f]{32}\.1802592000\.[\w-]{43}$/)
  })

  test('[SE11] is refused if any of its characters is another, or it is cut, or longer', () => {
    const token = writeToken(seal, room, claim)
    const altered = token
      .split('')
      .flatMap((char, i) =>
        ['0', 'A', '.', '-']
          .filter((other) => other !== char)
          .map((other) => token.slice(0, i) + other + token.slice(i + 1)),
      )
    // The last two bits of the signature's base64url are none of it.
    const other = altered.filter((one) => one.slice(0, -1) !== token.slice(0, -1))
    expect(other.length).toBeGreaterThan(4 * 80)
    for (const bad of [
      ...other,
      '',
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      ` ${token}`,
      `0${token}`,
    ]) {
      expect(() => readToken(seal, room, bad)).toThrow(gone)
    }
  })

  test('[SE11] is worth nothing in another room, another game, or signed with another key', () => {
    const token = writeToken(seal, room, claim)
    expect(() => readToken(seal, { ...room, code: 'H7X2PR' }, token)).toThrow(gone)
    expect(() => readToken(seal, { ...room, code: '' }, token)).toThrow(gone)
    expect(() => readToken(seal, { ...room, protocol: 'pit2' }, token)).toThrow(gone)
    expect(() => readToken(sealOf('another key of sixteen characters'), room, token)).toThrow(gone)
  })

  test('[SE11] is good for 30 days', () => {
    const token = writeToken(seal, room, claim)
    now += GOOD_FOR
    expect(readToken(seal, room, token)).toEqual(claim)
    now += 1
    expect(() => readToken(seal, room, token)).toThrow(gone)
    // Whoever comes back in time is given another.
    expect(readToken(seal, room, writeToken(seal, room, claim))).toEqual(claim)
  })

  test('[SE11] keys rotate: the newest signs, the others are accepted until they are taken out', () => {
    const [old, young] = ['the old key, which somebody knows', 'the new key, which nobody knows']
    const before = writeToken(sealOf(old), room, claim)
    const both = sealOf(young, old)
    expect(readToken(both, room, before)).toEqual(claim)
    const after = writeToken(both, room, claim)
    expect(readToken(sealOf(young), room, after)).toEqual(claim)
    expect(() => readToken(sealOf(young), room, before)).toThrow(gone)
  })
})
