import { crc32 as zlib } from 'node:zlib'
import { expect, test } from 'vitest'
import { yard, yardRules } from '../../../../tests/yard.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { crc32 } from './crc32.ts'
import { Machine } from './machine.ts'
import { createRandom } from './random.ts'
import { nothingUnheard } from './unheard.ts'

function checkpoint(): Uint8Array {
  const beginning = { code: 'H7X2PQ', epoch: 1, tick: 0, random: createRandom(7), hz: 10 }
  const machine = new Machine(yard.room(yardRules), beginning, { loaded: undefined, options: undefined })
  const join = { kind: 'join', seat: 1, digest: 'ab', user: { id: 5 }, ask: { name: 'Ann' } } as const
  machine.run(1, [join])
  machine.flush()
  return writeCheckpoint(machine, { private: false, nextSeat: 2, unheard: nothingUnheard(machine) })
}

const read = (bytes: Uint8Array) => readCheckpoint(bytes, yard, () => {})

test('a CRC is that of gzip', () => {
  for (const text of ['', 'a', '123456789', 'x'.repeat(10_000)]) {
    expect(crc32(new TextEncoder().encode(text))).toBe(zlib(text))
  }
})

test('[ND5] a checkpoint with one bit changed, or cut off anywhere, is none', () => {
  const whole = checkpoint()
  expect(read(whole).kept.seats).toHaveLength(1)
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const changed = Uint8Array.from(whole)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    expect(() => read(changed)).toThrow(/a checkpoint/)
  }
  for (let length = 0; length < whole.length; length++) {
    expect(() => read(whole.subarray(0, length))).toThrow(/a checkpoint/)
  }
})
