import { expect, test } from 'vitest'
import type { Telling } from './frames/tick.ts'
import { Ring } from './ring.ts'

const telling = (tick: number, bytes = 1): Telling => ({
  tick,
  place: 0,
  event: 0,
  payload: new Uint8Array(bytes),
})
const ticks = (tellings: readonly Telling[]): number[] => tellings.map(({ tick }) => tick)

test('events are found by when they happened, and by their index', () => {
  const ring = new Ring(2000, [telling(3)])
  ring.add(5, [telling(4), telling(5)], 0)
  expect([ring.first, ring.after(2), ring.after(3), ring.after(5), ring.end]).toEqual([0, 0, 1, 3, 3])
  expect(ticks(ring.from(ring.after(3)))).toEqual([4, 5])
  expect(ring.from(ring.end)).toEqual([])
})

test('of too many bytes the oldest are forgotten, and indices go on', () => {
  const ring = new Ring(2000, [])
  for (let tick = 1; tick <= 5; tick++) ring.add(tick, [telling(tick, 100 * 1024)], 0)
  expect([ring.first, ring.end]).toEqual([3, 5])
  expect(ticks(ring.from(0))).toEqual([4, 5])
  expect(ring.after(1)).toBe(3)
})

test('one that is too large by itself is not kept, and counts as one that was', () => {
  const ring = new Ring(2000, [])
  ring.add(1, [telling(1, 300 * 1024)], 0)
  expect([ring.first, ring.end, ring.after(0)]).toEqual([1, 1, 1])
})

test('flushes are recent for a time, and then the newest of the others is known', () => {
  const ring = new Ring(2000, [])
  ring.add(1, [], 0)
  ring.add(2, [telling(2)], 1000)
  expect([ring.aged, ring.recent.length]).toEqual([-1, 2])
  ring.add(3, [], 2000)
  expect(ring.aged).toBe(1)
  expect(ring.recent).toEqual([
    { tick: 2, at: 1000, end: 1 },
    { tick: 3, at: 2000, end: 1 },
  ])
})
