import { expect, test, vi } from 'vitest'
import { virtualClock } from './clock.ts'
import { createLoops } from './loop.ts'
import type { Loop } from './loop.ts'

test('[LP6] a paused loop owes nothing for the time it slept; it wakes one period before its next tick', () => {
  const clock = virtualClock(1000)
  const loops = createLoops(clock)
  const seen: [number, number][] = []
  const loop = loops.start({ hz: 10, step: (count) => seen.push([clock.now(), count]) })
  clock.advance(150)
  loop.pause()
  loop.pause()
  expect([loop.paused, loops.awake, clock.next]).toEqual([true, 0, undefined])
  clock.advance(10_000)
  loop.resume()
  clock.advance(99)
  // Already awake: the schedule stays, however often it is called.
  loop.resume()
  clock.advance(101)
  expect(seen).toEqual([
    [1100, 1],
    [11_250, 1],
    [11_350, 1],
  ])
  expect(loop.stats).toEqual({ due: 3, stepped: 3, skipped: 0, dilated: 0 })
})

test('[LP6] pause and resume within a step hold', () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  const seen: number[] = []
  const loop: Loop = loops.start({
    hz: 10,
    step() {
      seen.push(clock.now())
      clock.advance(30)
      if (seen.length === 1) loop.pause()
      if (seen.length === 2) loop.pause()
      if (seen.length === 2) loop.resume()
    },
  })
  clock.advance(1000)
  expect(seen).toEqual([100])
  loop.resume()
  clock.advance(300)
  // The second began its schedule anew at 1130, when its step was done.
  expect(seen).toEqual([100, 1100, 1230])
})

test('[LP7] a throw in a step ends that loop alone, is told once, and disturbs neither timer nor others', async () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  const told: unknown[] = []
  const ticks = Array.from({ length: 100 }, () => 0)
  const boom = new Error('boom')
  const all = ticks.map((_, i) =>
    loops.start({
      hz: 10,
      step(count) {
        ticks[i]! += count
        if (i === 50 && clock.now() === 300) throw boom
      },
      failed: (error) => void told.push([i, error]),
    }),
  )
  clock.advance(1000)
  expect(told).toEqual([[50, boom]])
  expect(ticks.filter((count) => count === 10).length).toBe(99)
  expect(ticks[50]).toBe(3)
  expect(all[50]!.stats).toEqual({ due: 3, stepped: 3, skipped: 0, dilated: 0 })
  await expect(all[50]!.done).rejects.toBe(boom)
  // Nothing more comes of a loop that failed; its owner may start another.
  all[50]!.stop()
  all[50]!.resume()
  loops.start({ hz: 10, step: (count) => (ticks[50]! += count) })
  clock.advance(200)
  expect(ticks[50]).toBe(5)
  expect(told.length).toBe(1)
})

test('[LP7] an owner that throws when told does not disturb the others either', async () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  let others = 0
  const fail = (message: string) => () => {
    throw new Error(message)
  }
  const loop = loops.start({ hz: 10, step: fail('step'), failed: fail('owner') })
  loops.start({ hz: 10, step: () => (others += 1) })
  clock.advance(300)
  expect(others).toBe(3)
  await expect(loop.done).rejects.toMatchObject({ errors: [{ message: 'step' }, { message: 'owner' }] })
})

test('[LP8] stop: no step comes after it, done resolves, twice is once', async () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  let steps = 0
  const failed = vi.fn<(error: unknown) => void>()
  const loop = loops.start({ hz: 10, step: () => (steps += 1), failed })
  clock.advance(100)
  loop.stop()
  loop.stop()
  loop.pause()
  loop.resume()
  clock.advance(1000)
  await expect(loop.done).resolves.toBeUndefined()
  expect([steps, loops.awake, loop.paused]).toEqual([1, 0, false])
  expect(failed).not.toHaveBeenCalled()
})

test('[LP8] stop within its own step: the step goes on, and what it then throws is a failure', async () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  let over = false
  let steps = 0
  const calm: Loop = loops.start({ hz: 10, step: () => ((steps += 1), calm.stop(), calm.stop()) })
  void calm.done.then(() => (over = true))
  clock.advance(500)
  await calm.done
  expect([steps, over]).toEqual([1, true])

  const told: unknown[] = []
  const boom = new Error('after the stop')
  const wild: Loop = loops.start({
    hz: 10,
    step() {
      wild.stop()
      throw boom
    },
    failed: (error) => void told.push(error),
  })
  clock.advance(500)
  await expect(wild.done).rejects.toBe(boom)
  expect(told).toEqual([boom])
})

test('[LP8] a loop stopped by another in the same turn of the timer makes no step', () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  let steps = 0
  loops.start({ hz: 10, step: () => second.stop() })
  const second = loops.start({ hz: 10, step: () => (steps += 1) })
  clock.advance(300)
  expect(steps).toBe(0)
})

test('[LP8] a stop and a start in the same turn leave exactly one loop', () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  const seen: string[] = []
  const start = (name: string): Loop =>
    loops.start({ hz: 10, step: () => seen.push(`${name} ${clock.now()}`) })
  const first = start('first')
  clock.advance(150)
  first.stop()
  start('second')
  clock.advance(200)
  expect(seen).toEqual(['first 100', 'second 250', 'second 350'])
  expect(loops.awake).toBe(1)
})

test('[LP8] a loop started within a step ticks one period later', () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  const seen: number[] = []
  const first: Loop = loops.start({
    hz: 10,
    step() {
      first.stop()
      loops.start({ hz: 10, step: () => seen.push(clock.now()) })
    },
  })
  clock.advance(350)
  expect(seen).toEqual([200, 300])
})

test('impossible loops are refused and say what is right', () => {
  const loops = createLoops(virtualClock())
  const step = () => {}
  for (const hz of [0, -1, NaN, 1001, Infinity])
    expect(() => loops.start({ hz, step })).toThrow(/ticks per second/)
  for (const catchUp of [0, -1, 1.5, NaN])
    expect(() => loops.start({ hz: 1, late: { catchUp }, step })).toThrow(/'skip'/)
  expect(loops.awake).toBe(0)
})
