import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Bucket, createTally } from './limits.ts'

test('a bucket gives its burst at once, then its rate', () => {
  const bucket = new Bucket({ perSecond: 10, burst: 3 })
  expect([0, 0, 0, 0, 99, 100, 100, 199, 200].map((now) => bucket.take(now))).toEqual([
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    false,
    true,
  ])
  // Left alone it fills up to its burst and no further.
  expect([9000, 9000, 9000, 9000].map((now) => bucket.take(now))).toEqual([true, true, true, false])
})

test('a bucket that is always empty gives exactly its rate, for days', () => {
  for (const perSecond of [3, 7.7, 60]) {
    const bucket = new Bucket({ perSecond, burst: 5 })
    const start = 123_456.789
    let taken = 0
    for (let ms = 0; ms <= 1_000_000; ms += 4) if (bucket.take(start + ms)) taken += 1
    expect(taken).toBe(5 + Math.floor(1000 * perSecond))
    // Nothing adds up: half a day of takes later the next token still comes at its exact time.
    const slow = new Bucket({ perSecond: 1, burst: 1 })
    for (let s = 0; s < 50_000; s++) {
      if (!slow.take(s * 1000) || slow.take(s * 1000 + 999.999)) throw new Error(`drifted by second ${s}`)
    }
  }
})

test('in no span does a bucket give more than its burst and its rate', () => {
  const rate = { perSecond: 20, burst: 40 }
  fc.assert(
    fc.property(fc.array(fc.nat(400), { maxLength: 300 }), (gaps) => {
      const bucket = new Bucket(rate)
      const times: number[] = []
      let now = 0
      for (const gap of gaps) if (bucket.take((now += gap))) times.push(now)
      times.forEach((from, i) => {
        for (let j = i; j < times.length; j++) {
          expect(j - i + 1).toBeLessThanOrEqual(
            rate.burst + ((times[j]! - from) * rate.perSecond) / 1000 + 1e-9,
          )
        }
      })
    }),
  )
})

test('a bucket whose time stands still or goes back gives nothing more', () => {
  const bucket = new Bucket({ perSecond: 1000, burst: 1 })
  expect([500, 500, 0, -1e9, 500, 501].map((now) => bucket.take(now))).toEqual([
    true,
    false,
    false,
    false,
    false,
    true,
  ])
})

test('a tally allows so many in a while, and counts the others too', () => {
  const tally = createTally({ most: 3, within: 60_000 })
  expect([0, 10_000, 20_000, 30_000].map((now) => tally.count(now))).toEqual([true, true, true, false])
  // 10,000 and 20,000 and 30,000 are still within a minute of 65,000.
  expect(tally.count(65_000)).toBe(false)
  expect(tally.count(200_000)).toBe(true)
  expect(createTally({ most: 0, within: 1 }).count(0)).toBe(false)
})

test('impossible limits are refused and say what is right', () => {
  for (const perSecond of [0, -1, NaN, Infinity])
    expect(() => new Bucket({ perSecond, burst: 1 })).toThrow(/perSecond/)
  for (const burst of [0, 0.5, NaN, Infinity])
    expect(() => new Bucket({ perSecond: 1, burst })).toThrow(/burst/)
  for (const most of [-1, 0.5, NaN]) expect(() => createTally({ most, within: 1 })).toThrow(/most/)
  for (const within of [0, -1, NaN]) expect(() => createTally({ most: 1, within })).toThrow(/within/)
})
