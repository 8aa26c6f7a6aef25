import { expect, test } from 'vitest'
import { boundOf, bucketsIn, gained } from './buckets.ts'

const text = (low: number, high: number, all: number): string =>
  [
    '# TYPE late_seconds histogram',
    `late_seconds_bucket{game="a",le="0.001"} ${low}`,
    `late_seconds_bucket{game="a",le="0.005"} ${high}`,
    `late_seconds_bucket{game="a",le="+Inf"} ${all}`,
    'late_seconds_bucket{game="b",le="0.001"} 1',
    'late_seconds_bucket{game="b",le="+Inf"} 1',
    'late_seconds_sum{game="a"} 3',
  ].join('\n')

test('buckets of all labels are added', () => {
  expect([...bucketsIn(text(5, 7, 9), 'late_seconds')]).toEqual([
    [0.001, 6],
    [0.005, 7],
    [Infinity, 10],
  ])
  expect(bucketsIn(text(5, 7, 9), 'other').size).toBe(0)
})

test('what came between two looks says below which bound a share of it is', () => {
  const looks = ([low, high, all]: readonly [number, number, number]) =>
    bucketsIn(text(low, high, all), 'late_seconds')
  const between = gained([
    [looks([5, 7, 9]), looks([95, 106, 109])],
    [looks([95, 106, 109]), looks([95, 106, 109])],
  ])
  expect([0.5, 0.9, 0.99, 1].map((share) => boundOf(between, share))).toEqual([0.001, 0.001, 0.005, Infinity])
  expect(boundOf(new Map(), 0.5)).toBeNaN()
})
