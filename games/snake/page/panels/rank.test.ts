import { expect, test } from 'vitest'
import { ranked } from './rank.ts'

const players = [5, 9, 9, 0].map((score, index) => ({ id: index + 1, score }))
const ids = (list: readonly { id: number }[]) => list.map(({ id }) => id)

test('best first, equals by who came first', () => {
  expect(ids(ranked(players, 0, 10).shown)).toEqual([2, 3, 1, 4])
})

test('a cut list says how many are missing and always has the reader', () => {
  const { shown, more } = ranked(players, 4, 2)
  expect(ids(shown)).toEqual([2, 4])
  expect(more).toBe(2)
})

test('what was given stays as it was', () => {
  ranked(players, 0, 10)
  expect(ids(players)).toEqual([1, 2, 3, 4])
})
