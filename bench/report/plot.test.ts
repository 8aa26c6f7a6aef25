import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draw } from './plot.ts'
import { linear, logarithmic, roundUp, spreadOut } from './scale.ts'

test('steps are 1, 2 or 5 times a power of ten', () => {
  expect([0.7, 1, 1.1, 4, 6, 23, 0.0012].map(roundUp)).toEqual([1, 1, 2, 5, 10, 50, 0.002])
})

test('a linear scale begins at 0, ends at or above the largest value, and has ticks between', () => {
  const scale = linear(23, [340, 40])
  expect(scale.ticks).toEqual([0, 5, 10, 15, 20, 25])
  expect([scale.at(0), scale.at(25), scale.at(12.5)]).toEqual([340, 40, 190])
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (most) => {
      const { ticks } = linear(most, [0, 1])
      expect(ticks.at(-1)!).toBeGreaterThanOrEqual(most * (1 - 1e-9))
      expect(ticks.length).toBeLessThanOrEqual(7)
    }),
  )
})

test('a logarithmic scale goes over whole powers of ten', () => {
  const scale = logarithmic([30, 54_000], [300, 0])
  expect(scale.ticks).toEqual([10, 100, 1000, 10_000, 100_000])
  expect([scale.at(10), scale.at(1000), scale.at(100_000)].map(Math.round)).toEqual([300, 150, 0])
  expect(logarithmic([10, 10], [0, 1]).ticks).toEqual([10, 100])
})

test('names keep their order and their distance, and stay where there is room', () => {
  expect(spreadOut([10, 100], 20)).toEqual([10, 100])
  const [first, second, third] = spreadOut([50, 52, 51], 10).map(Math.round)
  expect([third! - first!, second! - third!]).toEqual([10, 10])
})

test('a value that is not there leaves a line shorter, and a plot of nothing is a plot', () => {
  const plot = { title: 'a < b', unit: 'ms', places: ['1', '2', '3'], below: 'players' }
  const svg = draw({ ...plot, lines: [{ name: 'x & y', values: [1, NaN, 3], color: '#000' }] })
  expect(svg.match(/<circle/g)).toHaveLength(2)
  expect(svg).toContain('x &amp; y')
  expect(svg).toContain('a &lt; b')
  expect(svg + draw({ ...plot, lines: [] })).not.toMatch(/NaN|Infinity/)
})
