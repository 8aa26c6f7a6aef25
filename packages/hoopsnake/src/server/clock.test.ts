import { expect, test, vi } from 'vitest'
import { virtualClock } from '../core/clock.ts'
import { createTimer } from '../core/timer.ts'
import { coarseClock, realClock } from './clock.ts'

test('[GW14] a wake-up is never early, even of a fraction of a millisecond', async () => {
  const clock = realClock()
  for (let i = 0; i < 20; i++) {
    const due = clock.now() + i * 0.37
    const { promise, resolve } = Promise.withResolvers<number>()
    clock.at(due, () => resolve(clock.now()))
    expect(await promise).toBeGreaterThanOrEqual(due)
  }
})

test('[GW14] what is due already wakes in a turn of its own', async () => {
  const clock = realClock()
  let woken = false
  const { promise, resolve } = Promise.withResolvers<void>()
  clock.at(clock.now() - 1000, () => {
    woken = true
    resolve()
  })
  expect(woken).toBe(false)
  await promise
})

test('[GW14] a wake-up further away than a timer can count waits its time, and can be called off', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const clock = realClock()
    const wake = vi.fn<() => void>()
    clock.at(clock.now() + 2 ** 31 + 5000, wake)
    const cancel = clock.at(clock.now() + 2 ** 31 + 1000, () => expect.unreachable())
    vi.advanceTimersByTime(2 ** 31 - 1)
    cancel()
    vi.advanceTimersByTime(5000)
    expect(wake).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(wake).toHaveBeenCalledOnce()
  } finally {
    vi.useRealTimers()
  }
})

test('[GW14] on a coarse clock a thousand that fall due one by one are four wake-ups a second, none early', () => {
  const clock = virtualClock(3)
  let wakeUps = 0
  const counted = (wake: () => void) => (): void => {
    wakeUps++
    wake()
  }
  const timer = createTimer(
    coarseClock({ now: () => clock.now(), at: (due, wake) => clock.at(due, counted(wake)) }, 250),
  )
  const late: number[] = []
  for (let i = 1; i <= 1000; i++) {
    const entry = { due: 3 + i, order: 0, place: -1, run: () => {} }
    entry.run = () => {
      late.push(clock.now() - entry.due)
      entry.due += 60_000
      timer.put(entry)
    }
    timer.put(entry)
  }
  clock.advance(1247)
  expect(late).toHaveLength(1000)
  expect(Math.min(...late)).toBe(0)
  expect(Math.max(...late)).toBe(249)
  expect(wakeUps).toBe(5)
})
