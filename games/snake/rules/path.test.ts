import { expect, test } from 'vitest'
import { findWay } from './path.ts'

/** Finds a way on a drawn field: `%` the head, looking right, `o` food, `#` what kills. */
function wayOn(...rows: string[]) {
  const cells = rows.join('')
  const width = rows[0]!.length
  return findWay({
    width,
    height: rows.length,
    head: cells.indexOf('%'),
    to: 'right',
    length: 3,
    blocked: Uint8Array.from(cells, (cell) => (cell === '#' || cell === '%' ? 1 : 0)),
    food: Array.from(cells).flatMap((cell, at) => (cell === 'o' ? [at] : [])),
  })
}

test('a bot goes to the nearest digit, on the way there is', () => {
  expect(wayOn('.....', '.%.o.', '.....')).toEqual(['right', 'right'])
  expect(wayOn('......', '.%#o..', '..#...', '......')).toEqual(['up', 'right', 'right'])
  expect(wayOn('o.....', '......', '..%...', '..o...')).toEqual(['down'])
})

test('a bot does not follow a digit into a hole that is smaller than itself', () => {
  expect(wayOn('######', '..%o##', '...###')[0]).not.toBe('right')
})

test('without food a bot goes straight on, where there is most room', () => {
  expect(wayOn('.....', '.%...', '.....')).toEqual(['right'])
  expect(wayOn('#####', '#.%##', '##..#', '##..#')).toEqual(['down'])
})

test('where every way is death, there is none', () => {
  expect(wayOn('###', '#%#', '###')).toEqual([])
  expect(wayOn('%')).toEqual([])
})
