import { describe, expect, expectTypeOf, test } from 'vitest'
import { bool, nothing, oneOf } from './atoms.ts'
import { Malformed, Misfit } from './errors.ts'
import { angle, f32, f64, fixed, i32, int, u8, u16, u32, uint } from './numbers.ts'
import { Reader } from './reader.ts'
import { bytes, str } from './text.ts'
import type { Type, Value } from './type.ts'
import { Writer } from './writer.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- wrong values are the point
type Loose = Type<any>

const wrote = (type: Loose, value: unknown): string => {
  const w = new Writer()
  type.write(w, value)
  return Buffer.from(w.take()).toString('hex')
}
const rounded = (type: Loose, value: unknown): unknown => type.write(new Writer(), value)
const reading = (type: Loose, hex: string) => (): unknown =>
  type.read(new Reader(Uint8Array.from(Buffer.from(hex, 'hex'))))

describe('[WI8] a value that is not of the type is a Misfit', () => {
  test.each<[Loose, unknown, string]>([
    [u8, 256, 'expected an integer 0 … 255, got 256'],
    [u8, -1, 'expected an integer 0 … 255, got -1'],
    [u8, 1.5, 'expected an integer 0 … 255, got 1.5'],
    [u8, Number.NaN, 'expected an integer 0 … 255, got NaN'],
    [u8, '7', "expected an integer 0 … 255, got '7'"],
    [u8, null, 'expected an integer 0 … 255, got null'],
    [u8, undefined, 'expected an integer 0 … 255, got undefined'],
    [u16, 65_536, 'expected an integer 0 … 65535, got 65536'],
    [u32, 2 ** 32, 'expected an integer 0 … 4294967295, got 4294967296'],
    [i32, 2 ** 31, 'expected an integer -2147483648 … 2147483647, got 2147483648'],
    [uint, 2 ** 53, 'expected an integer 0 … 9007199254740991, got 9007199254740992'],
    [uint, 10n, 'expected an integer 0 … 9007199254740991, got 10'],
    [int, 2 ** 52, 'expected an integer -4503599627370496 … 4503599627370495, got 4503599627370496'],
    [f32, 1e39, 'expected a finite number of 32 bits, got 1e+39'],
    [f32, Number.NaN, 'expected a finite number of 32 bits, got NaN'],
    [f32, '1', "expected a finite number of 32 bits, got '1'"],
    [f64, Infinity, 'expected a finite number, got Infinity'],
    [fixed(0, 9, 0.5), 9.3, 'expected a number 0 … 9, got 9.3'],
    [fixed(0, 9, 0.5), Number.NaN, 'expected a number 0 … 9, got NaN'],
    [angle(8), Infinity, 'expected a finite number of radians, got Infinity'],
    [bool, 1, 'expected true or false, got 1'],
    [nothing, null, 'expected nothing, got null'],
    [oneOf('up', 'down'), 'left', "expected one of 'up', 'down', got 'left'"],
    [oneOf('up', 'down'), 'toString', "expected one of 'up', 'down', got 'toString'"],
    [str(3), 'four', "expected a text of at most 3 characters, got 'four'"],
    [str(3), 'x'.repeat(999), 'expected a text of at most 3 characters, got a text of 999 characters'],
    [str(3), 7, 'expected a text of at most 3 characters, got 7'],
    [bytes(3), new Uint8Array(4), 'expected a Uint8Array of at most 3 bytes, got 4 bytes'],
    [bytes(3), [1], 'expected a Uint8Array of at most 3 bytes, got an array of 1'],
    [bytes(3), Symbol('s'), 'expected a Uint8Array of at most 3 bytes, got Symbol(s)'],
    [bytes(3), undefined, 'expected a Uint8Array of at most 3 bytes, got undefined'],
  ])('%o %s', (type, value, message) => {
    for (const attempt of [
      () => type.write(new Writer(), value),
      () => type.diff(new Writer(), type.schema, value),
      () => type.write(new Writer(), type.copy(value)),
    ]) {
      expect(attempt).toThrow(Misfit)
      expect(attempt).toThrow(message)
    }
  })
})

describe('[WI6] bytes that are none of its values are Malformed', () => {
  test.each<[Loose, string]>([
    [bool, '02'],
    [oneOf('up', 'down'), '02'],
    [f32, '0000c07f'],
    [f32, '0000807f'],
    [f64, '000000000000f0ff'],
    [fixed(0, 9, 0.5), '13'],
    [fixed(0, 70_000, 1), '711101'],
    [angle(3), '08'],
    [angle(9), '0002'],
    [bytes(3), '0400000000'],
    [str(3), '0461616161'],
  ])('%o %s', (type, hex) => {
    expect(reading(type, hex)).toThrow(Malformed)
  })
})

describe('[WI13] numbers are rounded to what the wire carries', () => {
  test('−0 becomes 0, written and read', () => {
    for (const type of [u8, int, f32, f64, fixed(-1, 1, 0.5), angle(4)]) expect(rounded(type, -0)).toBe(0)
    expect(reading(f32, '00000080')()).toBe(0)
    expect(reading(f64, '0000000000000080')()).toBe(0)
  })

  test('f32 to 24 bits, f64 not at all', () => {
    expect(rounded(f32, 0.1)).toBe(Math.fround(0.1))
    expect(rounded(f64, 0.1)).toBe(0.1)
    expect(rounded(f32, 1e-46)).toBe(0)
  })

  test('fixed to the nearest step above min, in the fewest bytes', () => {
    expect(rounded(fixed(0, 64, 0.25), 1.1)).toBe(1)
    expect(rounded(fixed(-10, 10, 0.25), -3.9)).toBe(-4)
    expect(wrote(fixed(-10, 10, 0.25), -4)).toBe('18')
    expect(wrote(fixed(0, 255, 1), 255)).toBe('ff')
    expect(wrote(fixed(0, 256, 1), 255)).toBe('ff00')
    expect(wrote(fixed(0, 2 ** 24 - 1, 1), 2 ** 24 - 1)).toBe('ffffff')
    expect(wrote(fixed(0, 2 ** 24, 1), 2 ** 24)).toBe('00000001')
    expect(wrote(fixed(0, 2 ** 32, 1), 2 ** 32)).toBe('0000000001')
    expect(wrote(fixed(0, 2 ** 40, 1), 2 ** 40 - 1)).toBe('ffffffffff00')
    // A sum that strayed by less than half a step still fits.
    expect(rounded(fixed(0, 1, 0.1), 1 + 1e-9)).toBe(1)
  })

  test('an angle to its steps of a turn, wrapped', () => {
    const compass = angle(2)
    expect([0, 1.6, 3, -1.6, 6.2, 100 * Math.PI].map((a) => wrote(compass, a))).toEqual([
      '00',
      '01',
      '02',
      '03',
      '00',
      '00',
    ])
    expect(rounded(compass, -Math.PI / 2)).toBe(1.5 * Math.PI)
    expect(wrote(angle(16), -1e-9)).toBe('0000')
    expect(wrote(angle(9), Math.PI)).toBe('0001')
    expect(rounded(compass, 1e308)).toBeLessThan(2 * Math.PI)
  })
})

test('[WI14] a lone surrogate in a text becomes U+FFFD, whole pairs stay', () => {
  expect(rounded(str(9), 'a\ud800b')).toBe('a\ufffdb')
  expect(rounded(str(2), '🐍')).toBe('🐍')
  expect(wrote(str(2), '🐍')).toBe('04f09f908d')
})

test('[WI5] bytes are compared by content, and the shadow is a copy', () => {
  const type = bytes(9)
  const skin = Uint8Array.of(1, 2)
  const shadow = type.copy(skin)
  const w = new Writer()
  expect(type.diff(w, shadow, skin)).toBe(shadow)
  expect(w.length).toBe(0)
  skin[0] = 7
  const next = type.diff(w, shadow, skin)
  expect(next).toEqual(skin)
  expect(next).not.toBe(skin)
  expect(type.copy(Buffer.from('ab')).constructor).toBe(Uint8Array)
})

describe('[WI15] a definition that cannot work says what the right form is', () => {
  test.each<[() => unknown, typeof TypeError | typeof RangeError, string]>([
    [() => oneOf(), RangeError, "0 names: write 1 to 255, e.g. oneOf('up', 'down')"],
    [() => oneOf('a', 'a'), TypeError, "'a' stands twice"],
    [() => oneOf(7 as unknown as string), TypeError, '7 is not a name'],
    [() => oneOf(...Array.from({ length: 256 }, (_, i) => `${i}`)), RangeError, '256 names'],
    [() => str(0), RangeError, 'a maximum of 0: it is an integer 1 … 16777215, e.g. str(15)'],
    [() => str(undefined as unknown as number), RangeError, 'e.g. str(15)'],
    [() => bytes(1.5), RangeError, 'e.g. bytes(256)'],
    [() => fixed(1, 0, 0.1), RangeError, 'write min < max and a step above 0, e.g. fixed(0, 64, 0.01)'],
    [() => fixed(0, 1, 0), RangeError, 'a step above 0'],
    [() => fixed(0, Number.NaN, 1), RangeError, 'write min < max'],
    [() => fixed(0, 1, 0.4), RangeError, 'not a whole number of steps'],
    [() => fixed(0, 1, 1e-15), RangeError, 'fixed(0, 1, 1e-15)'],
    [() => fixed(1e9, 1e9 + 1, 1e-7), RangeError, 'the step is lost beside numbers so large'],
    [() => angle(0), RangeError, 'write 1 to 16 bits, e.g. angle(8)'],
    [() => angle(17), RangeError, 'e.g. angle(8)'],
  ])('%s', (define, kind, message) => {
    expect(define).toThrow(kind)
    expect(define).toThrow(message)
  })

  test('255 names and ranges that take six bytes do work', () => {
    expect(wrote(oneOf(...Array.from({ length: 255 }, (_, i) => `${i}`)), '254')).toBe('fe')
    expect(fixed(0, 2 ** 48 - 1, 1).least).toBe(6)
  })
})

test('[WI19] names are typed as their union', () => {
  const dir = oneOf('up', 'down')
  expectTypeOf<Value<typeof dir>>().toEqualTypeOf<'up' | 'down'>()
  expectTypeOf<Value<typeof nothing>>().toEqualTypeOf<undefined>()
  expectTypeOf<Value<typeof u8>>().toEqualTypeOf<number>()
  // @ts-expect-error -- not one of the names
  expect(() => dir.write(new Writer(), 'left')).toThrow(Misfit)
})
