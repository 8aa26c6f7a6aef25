import { expect, test } from 'vitest'
import { milliseconds, virtualClock } from './clock.ts'

test('a duration is milliseconds or a number with a unit', () => {
  expect([250, '500ms', '30s', '1.5m', '2h'].map((span) => milliseconds(span as '1s'))).toEqual([
    250, 500, 30_000, 90_000, 7_200_000,
  ])
  for (const wrong of ['', '5', 's', '-1s', '1 s', '1d', NaN, -1, Infinity]) {
    expect(() => milliseconds(wrong as '1s')).toThrow(/write milliseconds or '30s'/)
  }
})

test('a virtual clock calls what falls due in order, each at its own time', () => {
  const clock = virtualClock(1000)
  const seen: [string, number][] = []
  const note = (name: string) => () => void seen.push([name, clock.now()])
  clock.at(1020, note('c'))
  clock.at(1010, note('a'))
  clock.at(1010, note('b'))
  clock.at(1031, note('late'))
  expect(clock.next).toBe(1010)
  clock.advance(30)
  expect(seen).toEqual([
    ['a', 1010],
    ['b', 1010],
    ['c', 1020],
  ])
  expect(clock.now()).toBe(1030)
  expect(clock.next).toBe(1031)
})

test('a virtual clock calls nothing before at() returns, and what lies in the past at the next turn', () => {
  const clock = virtualClock(50)
  let called = 0
  clock.at(10, () => (called += 1))
  expect(called).toBe(0)
  clock.advance(0)
  expect(called).toBe(1)
  expect(clock.now()).toBe(50)
})

test('what was called off is not called, even by another at the same time', () => {
  const clock = virtualClock()
  const seen: string[] = []
  clock.at(5, () => (seen.push('first'), off()))
  const off = clock.at(5, () => seen.push('second'))
  clock.advance(10)
  off()
  expect(seen).toEqual(['first'])
  expect(clock.next).toBeUndefined()
})

test('what is asked for during a call and falls due within the turn is called in it', () => {
  const clock = virtualClock()
  const seen: number[] = []
  const again = (): void => {
    seen.push(clock.now())
    clock.at(clock.now() + 10, again)
  }
  clock.at(10, again)
  clock.advance(35)
  expect(seen).toEqual([10, 20, 30])
})

test('a call that takes time makes others late and never turns time back', () => {
  const clock = virtualClock()
  const seen: number[] = []
  clock.at(10, () => clock.advance(5000))
  clock.at(20, () => seen.push(clock.now()))
  clock.advance(30)
  expect(seen).toEqual([5010])
  expect(clock.now()).toBe(5010)
  expect(() => clock.advance(-1)).toThrow(/does not go back/)
})

test('a call that throws leaves the virtual clock usable, at the time of the call', () => {
  const clock = virtualClock()
  clock.at(10, () => {
    throw new Error('boom')
  })
  let called = false
  clock.at(20, () => (called = true))
  expect(() => clock.advance(30)).toThrow('boom')
  expect(clock.now()).toBe(10)
  clock.advance(10)
  expect(called).toBe(true)
})
