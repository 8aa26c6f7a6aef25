import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanName } from './names.ts'

const NAME = 15

describe('a name', () => {
  test.each([
    ['Ann', 'Ann'],
    ['  Ann  ', 'Ann'],
    ['Ann\tand\nBob', 'Ann and Bob'],
    ['Ann\u00a0\u3000 Bob', 'Ann Bob'],
    ['A\u0000n\u0007n', 'Ann'],
    ['\u202eAnn\u2066', 'Ann'],
    ['A\u200bn\u200dn\ufeff', 'Ann'],
    ['Zoe\u0301', 'Zo\u00e9'],
    ['Nguye\u0302\u0303n', 'Nguy\u1ec5n'],
    ['นี้', 'นี้'],
    ['Z\u0351\u0352\u0353\u0354\u0355\u0356a', 'Z\u0353\u0354a'],
    ['\u0301\u0301Ann', 'Ann'],
    ['Ann \u0301Bob', 'Ann Bob'],
    ['\ud83d\udc0d', '\ud83d\udc0d'],
    ['A\ud83dnn', 'Ann'],
    ['0123456789abcdefgh', '0123456789abcde'],
    ['0123456789abcd\ud83d\udc0d', '0123456789abcd'],
    ['0123456789abcd efgh', '0123456789abcd'],
    ['<b>Ann</b>', '<b>Ann</b>'],
    ['__proto__', '__proto__'],
    // A lone half of a pair, first and last.
    ['\udc0dAnn\ud83d', 'Ann'],
    // Marks above and below, hundreds on one letter.
    [`A${'\u0300\u0323'.repeat(200)}nn`, '\u1ea0\u0323\u0323nn'],
    // Overrides, isolates and marks of direction, all of them.
    ['\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069Ann', 'Ann'],
    // Letters in tags, and selectors of variants.
    ['Ann\u{e0041}\u{e0042}\ufe0f\u{e0100}', 'Ann'],
  ])('[SF10] %j is shown as %j', (typed, shown) => {
    expect(cleanName(typed, NAME)).toBe(shown)
  })

  test.each(['', ' ', '\u200b', '\u202e\u202c', '\u3164', '\u2800', '\u115f', '\u0301', '\ud800', '\u0000'])(
    '[SF10] %j is none',
    (typed) => {
      expect(cleanName(typed, NAME)).toBe('')
    },
  )

  test('[SF10] is short, composed, on one line and without anything invisible, whatever was typed; cleaning twice changes nothing', () => {
    const odd = fc.constantFrom(
      ' ',
      '\u0301',
      '\u0323',
      '\u200d',
      '\u202e',
      '\u1100',
      '\u1161',
      '\u0915',
      '\u094d',
      '\n',
      '\ud83d',
    )
    const typed = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), odd),
      maxLength: 40,
    })
    fc.assert(
      fc.property(typed, (text) => {
        const name = cleanName(text, NAME)
        expect(name.length).toBeLessThanOrEqual(NAME)
        expect(name).toBe(name.trim())
        expect(name).toBe(name.normalize('NFC'))
        expect(name).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|\p{M}{3}| {2}/u)
        expect(cleanName(name, NAME)).toBe(name)
      }),
      { numRuns: 300 },
    )
  })
})
