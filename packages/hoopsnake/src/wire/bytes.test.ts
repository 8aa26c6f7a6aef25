import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Malformed } from './errors.ts'
import { hash } from './hash.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const reader = (text: string): Reader => new Reader(Uint8Array.from(Buffer.from(text, 'hex')))

function wrote(write: (w: Writer) => void): string {
  const w = new Writer(1)
  write(w)
  return hex(w.take())
}

describe('[WI17] numbers and texts look like this', () => {
  test.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [300, 'ac02'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [2 ** 31 - 1, 'ffffffff07'],
    [2 ** 31, '8080808008'],
    [2 ** 32 - 1, 'ffffffff0f'],
    [2 ** 32, '8080808010'],
    [2 ** 35 + 5, '858080808001'],
    [2 ** 49, '8080808080808001'],
    [2 ** 53 - 1, 'ffffffffffffff0f'],
  ])('uint %d', (n, bytes) => {
    expect(wrote((w) => w.uint(n))).toBe(bytes)
    expect(reader(bytes).uint()).toBe(n)
  })

  test.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [-64, '7f'],
    [64, '8001'],
    [-(2 ** 31), 'ffffffff0f'],
    [2 ** 52 - 1, 'feffffffffffff0f'],
    [-(2 ** 52), 'ffffffffffffff0f'],
  ])('int %d', (n, bytes) => {
    expect(wrote((w) => w.int(n))).toBe(bytes)
    expect(reader(bytes).int()).toBe(n)
  })

  test.each([
    ['', '00'],
    ['Ann', '03416e6e'],
    ['é', '02c3a9'],
    ['€', '03e282ac'],
    ['🐍', '04f09f908d'],
    ['\ufeffa', '04efbbbf61'],
    ['a'.repeat(127), '7f' + '61'.repeat(127)],
    ['a'.repeat(128), '8001' + '61'.repeat(128)],
    ['€'.repeat(50), '9601' + 'e282ac'.repeat(50)],
    ['a'.repeat(6000), 'f02e' + '61'.repeat(6000)],
  ])('str %.10s', (text, bytes) => {
    expect(wrote((w) => w.str(text))).toBe(bytes)
    expect(reader(bytes).str(text.length)).toBe(text)
  })

  test('a lone surrogate is written as U+FFFD', () => {
    expect(wrote((w) => w.str('a\ud800'))).toBe('0461efbfbd')
  })

  test('the others are little-endian', () => {
    const bytes = wrote((w) => {
      w.u8(0x12)
      w.u16(0x1234)
      w.u32(0x89abcdef)
      w.i32(-2)
      w.f32(1.5)
      w.f64(-0.1)
      w.raw(Uint8Array.of(1, 2, 3))
    })
    expect(bytes).toBe('12' + '3412' + 'efcdab89' + 'feffffff' + '0000c03f' + '9a9999999999b9bf' + '010203')
    const r = reader(bytes)
    expect([r.u8(), r.u16(), r.u32(), r.i32(), r.f32(), r.f64()]).toEqual([
      0x12, 0x1234, 0x89abcdef, -2, 1.5, -0.1,
    ])
    expect(hex(r.raw(3))).toBe('010203')
    r.end()
  })

  test('every integer and text comes back', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }),
        fc.string({ unit: 'grapheme' }),
        (n, i, text) => {
          const w = new Writer(0)
          w.uint(n)
          w.int(i)
          w.str(text)
          const r = new Reader(w.take())
          expect([r.uint(), r.int(), r.str(text.length)]).toEqual([n, i, text])
          r.end()
        },
      ),
    )
  })
})

describe('[WI6] Malformed', () => {
  test.each([
    ['a number that does not end', 'ffffffffffffffffff01', (r: Reader) => r.uint()],
    ['2^53', '8080808080808010', (r: Reader) => r.uint()],
    ['a number cut short', '80', (r: Reader) => r.uint()],
    ['a text cut short', '0561', (r: Reader) => r.str(9)],
    ['a text too long in characters', '03616161', (r: Reader) => r.str(2)],
    ['a text too long in bytes', 'ffff7f', (r: Reader) => r.str(2)],
    ['a text that is not UTF-8', '02c328', (r: Reader) => r.str(9)],
    ['a surrogate in UTF-8', '03eda080', (r: Reader) => r.str(9)],
    ['bytes beyond the end', '0102', (r: Reader) => r.raw(3)],
    ['a count above the maximum', '0a' + '00'.repeat(10), (r: Reader) => r.count(9, 1)],
    ['bytes too many', '00', (r: Reader) => r.end()],
  ])('%s', (_, bytes, read) => {
    expect(() => read(reader(bytes))).toThrow(Malformed)
  })

  test('[WI7] a count of more than the bytes that are left could hold', () => {
    expect(() => reader('c0843d').count(1_000_000, 4)).toThrow('1000000 elements in 0 bytes')
    expect(reader('020000').count(9, 1)).toBe(2)
    expect(() => reader('020000').count(9, 2)).toThrow(Malformed)
  })
})

describe('Writer', () => {
  test('length can be set back, and a hole is empty afterwards', () => {
    const w = new Writer()
    w.u32(0xffffffff)
    w.length = 1
    const at = w.hole(2)
    w.set(at + 1, 4)
    w.set(at + 1, 1)
    w.u8(9)
    expect(hex(w.take())).toBe('ff000509')
    expect(hex(w.take(3))).toBe('09')
    w.clear()
    expect(w.take().length).toBe(0)
  })

  test('what was taken is apart from what is written next', () => {
    const w = new Writer()
    w.u8(1)
    const taken = w.take()
    w.clear()
    w.u8(2)
    expect(hex(taken)).toBe('01')
  })

  test('a reader of a part of a buffer stays inside it, and gives copies', () => {
    const all = Uint8Array.of(1, 2, 3, 4)
    const r = new Reader(all.subarray(1, 3))
    const copy = r.raw(2)
    expect(hex(copy)).toBe('0203')
    all.fill(0)
    expect(hex(copy)).toBe('0203')
    expect(() => r.u8()).toThrow(Malformed)
  })
})

test('hash is FNV-1a in 32 bits', () => {
  expect([hash(''), hash('a'), hash('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968])
})
