import { beforeEach, expect, test } from 'vitest'
import { virtualClock, type VirtualClock } from '../core/clock.ts'
import { calmLog, type CalmLog } from './calm.ts'

let clock: VirtualClock
let calm: CalmLog
let lines: string[]

beforeEach(() => {
  clock = virtualClock()
  lines = []
  calm = calmLog(
    (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
    clock,
  )
})

test('[OP9] the same words are written 100 times, then once a second; what was left out is counted and said', () => {
  for (let i = 0; i < 1000; i++) calm.log('warn', 'refused a page', { origin: i })
  expect(lines).toHaveLength(100)
  expect(lines[99]).toBe('warn refused a page {"origin":99}')
  clock.advance(10_000)
  expect(lines.slice(100)).toEqual([
    'warn left out: too many entries like this {"like":"refused a page","times":900}',
  ])
  for (let i = 0; i < 100; i++) calm.log('warn', 'refused a page')
  expect(lines).toHaveLength(101 + 10)
  expect(calm.counts).toEqual({ debug: 0, info: 0, warn: 1100, error: 0 })
})

test('[OP9] other words are written meanwhile', () => {
  for (let i = 0; i < 200; i++) calm.log('info', 'room open')
  calm.log('error', 'room open')
  calm.log('info', 'room closed')
  expect(lines.slice(100)).toEqual(['error room open undefined', 'info room closed undefined'])
})

test('[OP9] a thousand entries a second, with words that never repeat, stay few', () => {
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 1000; i++) calm.log('warn', `words ${second} ${i}`)
    clock.advance(1000)
  }
  // 500 words, then those beyond as one: 100 at once, one a second, and how many were left out.
  expect(lines.length).toBeLessThan(500 + 100 + 60 + 6 + 1)
})

test('[OP9] at the end it is said what is left, and nothing waits any more', () => {
  for (let i = 0; i < 103; i++) calm.log('error', 'auth failed')
  calm.end()
  expect(lines.at(-1)).toBe('error left out: too many entries like this {"like":"auth failed","times":3}')
  expect(clock.next).toBeUndefined()
  calm.end()
  expect(lines).toHaveLength(101)
})
