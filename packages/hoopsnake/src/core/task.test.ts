import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createEnding, task } from './task.ts'

/** What the process would be told of: rejections that nobody observed. */
const unobserved: unknown[] = []
const note = (error: unknown): void => void unobserved.push(error)
beforeEach(() => void process.on('unhandledRejection', note))
afterEach(() => {
  process.off('unhandledRejection', note)
  unobserved.length = 0
})

const boom = new Error('boom')
/** Waits until it is stopped, as most tasks do. */
const stopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  )

test('[TK1] a task runs in a turn of its own and is done when it returns', async () => {
  const seen: string[] = []
  const one = task(async () => void seen.push('run'))
  seen.push('started')
  await expect(one.done).resolves.toBeUndefined()
  await one.stop()
  expect(seen).toEqual(['started', 'run'])
})

test('[TK2] a stop is not a failure, whether the task returns or throws what the signal says', async () => {
  const failed = vi.fn<(error: unknown) => void>()
  const ways = [
    task(stopped, failed),
    task((signal) => stopped(signal).catch(() => {}), failed),
    task(async (signal) => {
      await stopped(signal).catch(() => {})
      signal.throwIfAborted()
    }, failed),
    task(async (signal) => {
      await stopped(signal).catch(() => {})
      throw Object.assign(new Error('a call of the platform was called off'), { name: 'AbortError' })
    }, failed),
  ]
  await turn()
  for (const one of ways) {
    await one.stop()
    await expect(one.done).resolves.toBeUndefined()
  }
  expect(failed).not.toHaveBeenCalled()
})

test('[TK2] a task stopped in the turn of its start never runs', async () => {
  const run = vi.fn<() => Promise<void>>(async () => {})
  const one = task(run)
  await one.stop()
  await one.done
  expect(run).not.toHaveBeenCalled()
})

test('[TK2] stop resolves when the task has cleaned up; stopped twice it is stopped once', async () => {
  const seen: string[] = []
  const { promise: cleaned, resolve: clean } = Promise.withResolvers<void>()
  const one = task(async (signal) => {
    signal.addEventListener('abort', () => seen.push('abort'))
    await stopped(signal).catch(() => cleaned)
    seen.push('cleaned')
  })
  await turn()
  const stops = [one.stop(), one.stop()].map((stop) => stop.then(() => seen.push('stopped')))
  await turn()
  expect(seen).toEqual(['abort'])
  clean()
  await Promise.all(stops)
  await one.stop()
  expect(seen).toEqual(['abort', 'cleaned', 'stopped', 'stopped'])
})

test('[TK2] a task that stops itself ends when it returns', async () => {
  const one = task(async (signal) => {
    void one.stop()
    expect(signal.aborted).toBe(true)
  })
  await expect(one.done).resolves.toBeUndefined()
})

test('[TK3] a failure is told to the owner once, and to whoever awaits done', async () => {
  const failed = vi.fn<(error: unknown) => void>()
  const one = task(() => Promise.reject(boom), failed)
  await expect(one.done).rejects.toBe(boom)
  await one.stop()
  await one.stop()
  expect(failed.mock.calls).toEqual([[boom]])
})

test('[TK3] with an owner who is told, nobody needs to await done', async () => {
  const failed = vi.fn<(error: unknown) => void>()
  task(() => Promise.reject(boom), failed)
  // A run that is not async and throws fails all the same.
  task(() => {
    throw boom
  }, failed)
  await turn()
  expect(failed).toHaveBeenCalledTimes(2)
  expect(unobserved).toEqual([])
})

test('[TK3] with nobody to tell and nobody who awaits done, the process is told: never silence', async () => {
  task(() => Promise.reject(boom))
  await expect.poll(() => unobserved).toEqual([boom])
})

test('[TK3] an owner who throws when told loses neither error', async () => {
  const second = new Error('the owner failed')
  const one = task(
    () => Promise.reject(boom),
    () => {
      throw second
    },
  )
  await expect(one.done).rejects.toMatchObject({ errors: [boom, second] })
  await one.stop()
})

test('[TK4] what fails after a stop is a failure, and so is an abort that was no stop', async () => {
  const failed = vi.fn<(error: unknown) => void>()
  const sloppy = task((signal) => stopped(signal).catch(() => Promise.reject(boom)), failed)
  await turn()
  await sloppy.stop()
  expect(failed.mock.calls).toEqual([[boom]])

  const foreign = Object.assign(new Error('not ours'), { name: 'AbortError' })
  task(() => Promise.reject(foreign), failed)
  await turn()
  expect(failed.mock.calls).toEqual([[boom], [foreign]])
})

test('[TK5] what failed or was stopped can be started again, at once', async () => {
  let runs = 0
  const start = () =>
    task(
      async (signal) => {
        runs += 1
        if (runs === 1) throw boom
        await stopped(signal)
      },
      () => (again = start()),
    )
  let again = start()
  await turn()
  expect(runs).toBe(2)
  const old = again
  const over = old.stop()
  again = start()
  await over
  await turn()
  expect(runs).toBe(3)
  await again.stop()
})

test('[TK6] an ending ends once', async () => {
  const failed = vi.fn<(error: unknown) => void>()
  const calm = createEnding(failed)
  expect(calm.over).toBe(false)
  calm.end()
  calm.end()
  calm.fail(boom)
  await expect(calm.done).resolves.toBeUndefined()
  const wild = createEnding(failed)
  wild.fail(boom)
  wild.end()
  wild.fail(new Error('again'))
  await expect(wild.done).rejects.toBe(boom)
  expect([calm.over, wild.over, failed.mock.calls]).toEqual([true, true, [[boom]]])
})
