import { expect, test } from 'vitest'
import { swipe } from './swipe.ts'

const start = { from: { x: 100, y: 100 } }

test.each([
  [140, 105, 'right'],
  [60, 95, 'left'],
  [105, 140, 'down'],
  [95, 60, 'up'],
] as const)('a finger from 100, 100 to %d, %d turns %s', (x, y, turn) => {
  expect(swipe(start, { x, y }).turn).toBe(turn)
})

test('a tap is no swipe, and a diagonal is undecided', () => {
  expect(swipe(start, { x: 110, y: 95 })).toEqual({ track: start, turn: undefined })
  expect(swipe(start, { x: 140, y: 140 })).toEqual({ track: start, turn: undefined })
})

test('a finger that goes on without being lifted turns again', () => {
  const first = swipe(start, { x: 140, y: 100 })
  const second = swipe(first.track, { x: 142, y: 130 })
  expect([first.turn, second.turn]).toEqual(['right', 'down'])
})
