import { getEventListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, expectTypeOf, test } from 'vitest'
import { any } from './any.ts'
import { virtualClock } from './clock.ts'
import { createLoops } from './loop.ts'
import { signal } from './signal.ts'
import { task } from './task.ts'

const listeners = (...sources: { readonly listeners: number }[]) => sources.map((source) => source.listeners)

test('[SG5] any serves each event of several sources once, in the order in which they came', async () => {
  const [message, tick, timer, bus] = [
    signal<string>(),
    signal<number>(),
    signal<void>(),
    signal<{ from: string }>(),
  ]
  const events = any({ message, tick, timer, bus })
  expect(listeners(message, tick, timer, bus)).toEqual([1, 1, 1, 1])
  // Before anybody asks, while somebody waits, and several in one turn.
  tick.emit(1)
  message.emit('a')
  timer.emit()
  const seen: unknown[] = []
  const take = async () => seen.push((await events.next()).value)
  await take()
  await take()
  await take()
  const waiting = take()
  bus.emit({ from: 'elsewhere' })
  tick.emit(2)
  tick.emit(3)
  await waiting
  await take()
  await take()
  expect(seen).toEqual([
    { from: 'tick', value: 1 },
    { from: 'message', value: 'a' },
    { from: 'timer', value: undefined },
    { from: 'bus', value: { from: 'elsewhere' } },
    { from: 'tick', value: 2 },
    { from: 'tick', value: 3 },
  ])
  await events.return?.()
  expect(listeners(message, tick, timer, bus)).toEqual([0, 0, 0, 0])
  expect(await events.next()).toEqual({ done: true, value: undefined })
})

test('[SG5] the name of a source tells the type of its value', async () => {
  const events = any({ message: signal<string>(), tick: signal<number>() })
  type Event =
    | { readonly from: 'message'; readonly value: string }
    | { readonly from: 'tick'; readonly value: number }
  expectTypeOf(events).toEqualTypeOf<AsyncIterableIterator<Event>>()
  await events.return?.()
})

test('[SG6] when as many events wait as may, the next one ends it: those are served, then comes the error', async () => {
  const tick = signal<number>()
  const events = any({ tick }, { most: 3 })
  for (const n of [1, 2, 3, 4, 5]) tick.emit(n)
  expect(tick.listeners).toBe(0)
  const seen: number[] = []
  const all = (async () => {
    for await (const { value } of events) seen.push(value)
  })()
  await expect(all).rejects.toMatchObject({ code: 'OVERFLOW' })
  expect(seen).toEqual([1, 2, 3])
  expect(await events.next()).toEqual({ done: true, value: undefined })
})

test('[SG6] an iterator that nobody asks for anything holds 1000 events, not more', async () => {
  const tick = signal<number>()
  const events = any({ tick })
  for (let n = 0; n < 5000; n++) tick.emit(n)
  let served = 0
  const all = (async () => {
    for await (const _ of events) served += 1
  })()
  await expect(all).rejects.toThrow('more than 1000 events')
  expect(served).toBe(1000)
})

test('[SG7] an abort ends it at once, without an error: before, while it waits, while events wait', async () => {
  const tick = signal<number>()
  const early = any({ tick }, { abort: AbortSignal.abort() })
  tick.emit(0)
  expect(await early.next()).toEqual({ done: true, value: undefined })

  const controller = new AbortController()
  const [waiting, full] = [
    any({ tick }, { abort: controller.signal }),
    any({ tick }, { abort: controller.signal }),
  ]
  tick.emit(1)
  expect((await waiting.next()).value).toEqual({ from: 'tick', value: 1 })
  const next = waiting.next()
  controller.abort()
  expect(await next).toEqual({ done: true, value: undefined })
  expect(await full.next()).toEqual({ done: true, value: undefined })
  expect(tick.listeners).toBe(0)
})

test('[SG7] one event at a time: a second next() while one waits is refused and takes no event away', async () => {
  const tick = signal<number>()
  const events = any({ tick })
  const first = events.next()
  await expect(events.next()).rejects.toThrow(/one event at a time/)
  tick.emit(1)
  expect(await first).toEqual({ done: undefined, value: { from: 'tick', value: 1 } })
  await events.return?.()
})

test('[SG8] a million rounds leave no listener behind and no heap', { timeout: 30_000 }, async () => {
  const [message, tick] = [signal<number>(), signal<number>()]
  const abort = new AbortController()
  const rounds = async (count: number): Promise<void> => {
    let round = 0
    const events = any({ message, tick }, { abort: abort.signal })
    ;(round % 3 ? tick : message).emit(round)
    for await (const { value } of events) {
      if (value !== round) throw new Error(`${value} in round ${round}`)
      round += 1
      if (round === count) break
      ;(round % 3 ? tick : message).emit(round)
    }
  }
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  await rounds(10_000)
  const before = used()
  await rounds(1_000_000)
  expect(listeners(message, tick)).toEqual([0, 0])
  expect(used() - before).toBeLessThan(1_000_000)
})

test('[SG8] an abort that outlives many waits holds none of them', async () => {
  const tick = signal<number>()
  const { signal: abort } = new AbortController()
  for (let round = 0; round < 100; round++) {
    const next = tick.next(abort)
    const events = any({ tick }, { abort, most: 1 })
    for (const n of [1, 2, 3]) tick.emit(n)
    expect(await next).toBe(1)
    if (round % 2) await events.return?.()
  }
  expect(getEventListeners(abort, 'abort').length).toBe(0)
  expect(tick.listeners).toBe(0)
})

test('[SG8] races by hand leave no listener behind: the losers are called off', async () => {
  const [message, tick] = [signal<number>(), signal<number>()]
  for (let round = 0; round < 5_000; round++) {
    const controller = new AbortController()
    const races = [message.next(controller.signal), tick.next(controller.signal)]
    if (message.listeners !== 1 || tick.listeners !== 1) throw new Error(`left behind in round ${round}`)
    ;(round % 2 ? tick : message).emit(round)
    await Promise.race(races)
    controller.abort()
    await Promise.allSettled(races)
  }
  expect(listeners(message, tick)).toEqual([0, 0])
})

test('[SG9] the trap of the seed: one client leaves or fails, ticks go on for all others', async () => {
  const clock = virtualClock()
  const failures: unknown[] = []
  const tick = signal<number>((error) => void failures.push(error))
  const loop = createLoops(clock).start({ hz: 10, step: () => tick.emit(clock.now()) })
  const clients = Array.from({ length: 10 }, (_, id) => {
    const message = signal<string>()
    const seen: unknown[] = []
    const handler = task(
      async (abort) => {
        for await (const { value } of any({ message, tick }, { abort })) {
          if (value === 'fail') throw new Error(`client ${id}`)
          seen.push(value)
        }
      },
      (error) => void failures.push(error),
    )
    return { message, seen, handler }
  })
  await turn()
  clock.advance(100)
  await turn()
  // One is stopped while it waits, one fails while it handles, one breaks on being told.
  await clients[3]!.handler.stop()
  clients[5]!.message.emit('fail')
  const broken = tick.on(() => {
    throw new Error('a dead socket')
  })
  await turn()
  clock.advance(300)
  await turn()
  clients[0]!.message.emit('key')
  await turn()
  expect(clients.map(({ seen }) => seen.length)).toEqual([5, 4, 4, 1, 4, 1, 4, 4, 4, 4])
  expect(failures.map(String)).toEqual(['Error: client 5', ...Array<string>(3).fill('Error: a dead socket')])
  expect(tick.listeners).toBe(9)
  broken()
  await Promise.all(clients.map(({ handler }) => handler.stop()))
  expect(tick.listeners).toBe(0)
  expect(loop.stats).toEqual({ due: 4, stepped: 4, skipped: 0, dilated: 0 })
  loop.stop()
})
