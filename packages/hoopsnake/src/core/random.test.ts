import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import type { RandomState } from './random.ts'

const words = (random: { next(): number }, count: number) =>
  Array.from({ length: count }, () => random.next() * 2 ** 32)

test('the generator is xoshiro128** 1.1: outputs and state of the reference', () => {
  const random = createRandom([1, 2, 3, 4])
  expect(words(random, 10)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ])
  expect(random.state).toEqual([939045227, 1864939416, 1451579149, 2199351389])
})

// Computed by a second implementation, in unbounded integers.
test('a seed gives the same numbers for ever', () => {
  expect(createRandom(0).state).toEqual([2462723854, 1020716019, 454327756, 1275600319])
  expect(words(createRandom(0), 4)).toEqual([3809008728, 1133695204, 53579671, 2891528803])
  expect(words(createRandom(7), 4)).toEqual([1004282400, 2200021487, 1928073449, 741806228])
  expect(words(createRandom(-1), 4)).toEqual([835879718, 3894099366, 3348284360, 4206355889])
  expect(words(createRandom(Number.MAX_SAFE_INTEGER), 4)).toEqual([
    835879718, 2712455553, 1282799558, 2679240629,
  ])
})

test('no two seeds share a state, and none is all zero', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (one, other) => {
      expect(createRandom(one).state).not.toEqual([0, 0, 0, 0])
      expect(createRandom(one).state.join() === createRandom(other).state.join()).toBe(one === other)
    }),
  )
  const near = new Set<string>()
  for (let seed = -5000; seed < 5000; seed++) {
    near.add(createRandom(seed).state.join()).add(createRandom(seed * 2 ** 32).state.join())
  }
  expect(near.size).toBe(20_000 - 1)
})

test('a saved state goes on where it was saved, and does not change with the generator', () => {
  const random = createRandom(7)
  words(random, 5)
  const saved = random.state
  const first = words(random, 20)
  expect(words(createRandom(saved), 20)).toEqual(first)
  random.restore(saved)
  expect(words(random, 20)).toEqual(first)
  expect(JSON.parse(JSON.stringify(saved))).toEqual(createRandom(saved).state)
})

test('next() lies in [0, 1) and is even', () => {
  const random = createRandom(11)
  const bins = Array.from({ length: 16 }, () => 0)
  for (let i = 0; i < 160_000; i++) {
    const x = random.next()
    if (!(x >= 0 && x < 1)) throw new Error(`${x}`)
    bins[Math.floor(x * 16)]! += 1
  }
  for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})

test('int(below) lies in [0, below) and favours nobody', () => {
  const random = createRandom(3)
  // Of a plain remainder, numbers below 2 ** 30 would be twice as likely as the others: 2/4 instead of 1/3.
  const below = 3 * 2 ** 30
  let small = 0
  for (let i = 0; i < 30_000; i++) {
    const x = random.int(below)
    if (!(Number.isInteger(x) && x >= 0 && x < below)) throw new Error(`${x}`)
    if (x < 2 ** 30) small += 1
  }
  expect(Math.abs(small - 10_000)).toBeLessThan(400)
  expect([random.int(1), random.int(1)]).toEqual([0, 0])
  expect(random.int(2 ** 32)).toBeGreaterThanOrEqual(0)
})

test('impossible seeds, states and limits are refused and say what is right', () => {
  for (const seed of [NaN, 1.5, Infinity, 2 ** 53]) expect(() => createRandom(seed)).toThrow(/safe integer/)
  const wrong = [
    [0, 0, 0, 0],
    [1, 2, 3],
    [1, 2, 3, 4, 5],
    [1, 2, 3, -4],
    [1, 2, 3, 2 ** 32],
    [1, 2, 3, 0.5],
  ]
  for (const state of wrong)
    expect(() => createRandom(state as never as RandomState)).toThrow(/four integers/)
  const random = createRandom(1)
  const before = random.state
  expect(() => random.restore([0, 0, 0, 0])).toThrow(RangeError)
  for (const below of [0, -1, 1.5, NaN, 2 ** 32 + 1]) expect(() => random.int(below)).toThrow(/from 1 to/)
  expect(random.state).toEqual(before)
})
