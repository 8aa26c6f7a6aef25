import { expect, test } from 'vitest'
import { allOk, atLeast, atMost, say, within } from './figures.ts'
import { percentile, ratio, rounds, spread } from './pairs.ts'

test('things are measured in turn, and each keeps its own', async () => {
  const order: string[] = []
  const thing = (name: string) => () => order.push(name)
  expect(await rounds(2, { a: thing('a'), b: thing('b') })).toEqual({ a: [1, 3], b: [2, 4] })
  expect(order).toEqual(['a', 'b', 'a', 'b'])
})

test('a ratio is the median over pairs, not the ratio of medians', () => {
  expect(ratio([1, 20, 3], [1, 10, 1])).toEqual({ median: 2, low: 1, high: 3, count: 3 })
  expect(() => ratio([1], [])).toThrow('pairs')
})

test('the median of an even number is between the two in the middle, of nothing there is none', () => {
  expect(spread([9, 1, 3, 2])).toEqual({ median: 2.5, low: 1, high: 9, count: 4 })
  expect(spread([])).toEqual({ median: NaN, low: NaN, high: NaN, count: 0 })
})

test('a percentile is one of the values', () => {
  const values = Array.from({ length: 100 }, (_, place) => 99 - place)
  expect([0, 0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([0, 50, 99, 99])
  expect(percentile([], 0.5)).toBeNaN()
})

test('a figure says its goal and whether it was reached', () => {
  expect(atMost('a', 0.75, 0.75)).toEqual({ name: 'a', ratio: 0.75, goal: '≤ 0.75', ok: true })
  expect(atLeast('b', { median: 1, low: 0.5, high: 3, count: 7 }, 1.2)).toEqual({
    name: 'b',
    ratio: 1,
    goal: '≥ 1.2',
    ok: false,
    spread: [0.5, 3],
    pairs: 7,
  })
  expect(within('c', 1.002, [0.999, 1.001]).ok).toBe(false)
})

test('a figure is told with its spread, exactly enough to see on which side of the goal it is', () => {
  expect(say(within('a', 0.99885, [0.999, 1.001]))).toBe('0.9989')
  expect(say(atMost('b', { median: 0.7, low: 0.61, high: 12.345, count: 7 }, 1))).toBe(
    '0.7 (0.61 … 12.35 in 7)',
  )
  expect(say(atMost('c', NaN, 1))).toBe('–')
})

test('what could not be measured reaches no goal, and no figures are no success', () => {
  expect([atMost('a', NaN, 1).ok, atLeast('b', NaN, 1).ok, within('c', NaN, [0, 1]).ok]).toEqual([
    false,
    false,
    false,
  ])
  expect([allOk([]), allOk([atMost('a', 1, 1)]), allOk([atMost('a', 1, 1), atMost('b', 2, 1)])]).toEqual([
    false,
    true,
    false,
  ])
})
