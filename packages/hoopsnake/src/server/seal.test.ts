import { expect, test } from 'vitest'
import { memoryStore } from '../core/store.ts'
import { readToken, writeToken } from '../core/tokens.ts'
import { createSeal, keyIn, keysOf } from './seal.ts'

const room = { protocol: 'pit', code: 'H7X2PQ' }
const claim = { seat: 1, secret: '0123456789abcdef0123456789abcdef' }

test('[SE13] a key is made once and kept in the store: the next server knows the tokens of this one', async () => {
  const store = memoryStore()
  let word = 7
  const entropy = (): number => (word = (Math.imul(word, 1664525) + 1013904223) >>> 0)
  const first = await keyIn(store, entropy)
  const token = writeToken(
    createSeal([first], () => 0),
    room,
    claim,
  )
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  expect(await keyIn(store, entropy)).toBe(first)
  expect(
    readToken(
      createSeal([await keyIn(store, entropy)], () => 0),
      room,
      token,
    ),
  ).toEqual(claim)
  expect(await keyIn(memoryStore(), entropy)).not.toBe(first)
})

test('[SE13] keys that are none, too short or too many are refused with words', () => {
  const good = 'sixteen letters!'
  expect(keysOf(undefined)).toBeUndefined()
  expect(keysOf(good)).toEqual([good])
  expect(keysOf([good, good])).toEqual([good, good])
  expect(() => keysOf([])).toThrow('0 keys; give one')
  expect(() => keysOf(Array.from({ length: 9 }, () => good))).toThrow('9 keys')
  expect(() => keysOf([good, 'fifteen letters'])).toThrow('key 2 has fewer than 16 characters')
  expect(() => keysOf([good, undefined as never])).toThrow('key 2')
})
