/* What is read from the operating system. */
import { expect, test } from 'vitest'
import { coresIn } from './cores.ts'
import { ticksIn, timeIn } from './usage.ts'

test('lists of cores are read as Linux writes them', () => {
  expect(coresIn('0-1')).toEqual([0, 1])
  expect(coresIn('3')).toEqual([3])
  expect(coresIn('0-2,5,7-8')).toEqual([0, 1, 2, 5, 7, 8])
  expect(coresIn('')).toEqual([])
})

test('CPU time is read behind the name of the program, whatever that is', () => {
  expect(ticksIn('7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 150 25 9 9 20 0 11')).toBe(175)
  expect([timeIn('0:01.50'), timeIn('01:02:03'), timeIn('00:00:00')]).toEqual([1500, 3_723_000, 0])
})
