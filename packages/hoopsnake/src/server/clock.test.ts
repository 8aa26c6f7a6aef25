import { expect, test, vi } from 'vitest'
import { realClock } from './clock.ts'

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
