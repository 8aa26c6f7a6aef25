import { expect, test } from 'vitest'
import { virtualClock } from '../../core/clock.ts'
import { job, jobs } from '../../core/jobs.ts'
import type { Ask, Hand, Spawn, Told } from './messages.ts'
import { pack, unpack } from './packed.ts'
import { createPool } from './pool.ts'

const double = job<number, number>('double')
const module = jobs('none:', [double.does((n) => n * 2)])

/** A pool of workers that do what the test says, in virtual time. */
function makePool(size = 1, { queue = 10, timeout = 1000 } = {}) {
  const clock = virtualClock()
  const workers: {
    asked: Ask[]
    held: boolean
    ended: boolean
    say(told: Told): void
    go(why?: string): void
  }[] = []
  const spawn: Spawn = ({ heard, gone }) => {
    const worker = {
      asked: [] as Ask[],
      held: false,
      ended: false,
      say: heard,
      go: (why = 'gone') => gone(why),
    }
    workers.push(worker)
    const hand: Hand = {
      tell: (ask) => worker.asked.push(ask),
      end: () => (worker.ended = true),
      hold: (on) => (worker.held = on),
    }
    return hand
  }
  const pool = createPool(module, spawn, { size, queue, timeout, clock, log: () => {} })
  /** Runs a job; gives its answer or its code, and undefined while there is none. */
  const ask = (n: number, signal?: AbortSignal) => {
    const asked: { end: unknown } = { end: undefined }
    pool.run(double, n, { signal }).then(
      (value) => (asked.end = value),
      (error: { code: string }) => (asked.end = error.code),
    )
    return asked
  }
  const answer = (worker: number) => {
    const { asked } = workers[worker]!
    const last = asked.findLast((one) => one.do === 'run')!
    workers[worker]!.say({ do: 'done', call: last.call, output: pack(2 * (unpack(last.input) as number)) })
  }
  return { clock, workers, pool, ask, answer }
}

const turn = () => Promise.resolve().then(() => {})

/** Lets promises come about. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn()
}

test('[JB8] workers that fail at the start are tried at longer and longer intervals, when a job comes', async () => {
  const { clock, workers, ask } = makePool()
  const starts: number[] = []
  let last = 0
  for (let ms = 0; ms < 120_000; ms += 100) {
    const asked = ask(1)
    for (; last < workers.length; last++) {
      starts.push(clock.now())
      workers[last]!.say({ do: 'unusable', why: 'no' })
      workers[last]!.go()
    }
    await settle()
    expect(asked.end).toBe('JOB_FAILED')
    clock.advance(100)
  }
  expect(starts.slice(1).map((at, i) => at - starts[i]!)).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ])
})

test('[JB8] nothing is started while nobody asks, and an answer forgets the failures', async () => {
  const { clock, workers, ask, answer } = makePool()
  workers[0]!.go('exit')
  clock.advance(600_000)
  expect(workers.length).toBe(1)
  const asked = ask(4)
  await settle()
  workers[1]!.say({ do: 'ready' })
  answer(1)
  await settle()
  expect(asked.end).toBe(8)
  clock.advance(5000)
  // It had started; another takes its place at once.
  workers[1]!.go()
  expect(workers.length).toBe(3)
  workers[2]!.go()
  clock.advance(500)
  ask(1)
  expect(workers.length).toBe(4)
})

test('[JB8] a worker that is not ready in time, or gone as soon as it is, has not started', async () => {
  const { clock, workers, ask } = makePool()
  const first = ask(1)
  clock.advance(30_000)
  await settle()
  expect(workers[0]!.ended).toBe(true)
  expect(first.end).toBe('JOB_FAILED')
  clock.advance(500)
  const second = ask(1)
  await settle()
  expect(second.end).toBeUndefined()
  workers[1]!.say({ do: 'ready' })
  // It dies of its job: not of its start.
  workers[1]!.go()
  await settle()
  expect(second.end).toBe('JOB_FAILED')
  expect(workers.length).toBe(3)
  workers[2]!.say({ do: 'ready' })
  clock.advance(999)
  workers[2]!.go()
  expect(workers.length).toBe(3)
})

test('[JB8] those that did start go on without those that did not', async () => {
  const { workers, ask, answer } = makePool(2)
  const asked = ask(1)
  workers[0]!.say({ do: 'unusable', why: 'no' })
  workers[1]!.say({ do: 'ready' })
  await settle()
  answer(1)
  await settle()
  expect(asked.end).toBe(2)
})

test('[JB4] time is counted from the moment a worker begins', async () => {
  const { clock, workers, ask, answer } = makePool(1, { timeout: 1000 })
  workers[0]!.say({ do: 'ready' })
  const [first, second] = [ask(1), ask(2)]
  clock.advance(900)
  answer(0)
  clock.advance(900)
  await settle()
  expect([first.end, second.end]).toEqual([2, undefined])
  clock.advance(100)
  await settle()
  expect(second.end).toBe('JOB_TIMEOUT')
  expect(workers[0]!.ended).toBe(true)
  expect(workers.length).toBe(2)
  // What it says on its way out is nobody's answer.
  const third = ask(3)
  answer(0)
  workers[0]!.go()
  workers[1]!.say({ do: 'ready' })
  await settle()
  expect(third.end).toBeUndefined()
  answer(1)
  await settle()
  expect(third.end).toBe(6)
})

test('[JB5] a job called off has 100 ms to end by itself', async () => {
  const { clock, workers, ask, answer } = makePool()
  workers[0]!.say({ do: 'ready' })
  for (const ends of [true, false]) {
    const off = new AbortController()
    const asked = ask(1, off.signal)
    off.abort()
    await settle()
    expect(asked.end).toBe('JOB_CANCELLED')
    expect(workers[0]!.asked.at(-1)!.do).toBe('cancel')
    clock.advance(99)
    expect(workers[0]!.ended).toBe(false)
    if (ends) answer(0)
    clock.advance(1)
    expect(workers[0]!.ended).toBe(!ends)
  }
  expect(workers.length).toBe(2)
})

test('[JB13] workers keep the process alive while they start and while a job is pending', async () => {
  const { workers, ask, answer } = makePool(2)
  workers[0]!.say({ do: 'ready' })
  expect(workers.map(({ held }) => held)).toEqual([false, true])
  workers[1]!.say({ do: 'ready' })
  expect(workers.map(({ held }) => held)).toEqual([false, false])
  ask(1)
  expect(workers.map(({ held }) => held)).toEqual([true, false])
  answer(0)
  await settle()
  expect(workers.map(({ held }) => held)).toEqual([false, false])
})

test('[JB10] a stop resolves when the last worker has gone', async () => {
  const { clock, workers, pool, ask } = makePool(2)
  workers[0]!.say({ do: 'ready' })
  const [running, waiting] = [ask(1), ask(2)]
  workers[1]!.go()
  let stopped = false
  void pool.stop().then(() => (stopped = true))
  await settle()
  expect([running.end, waiting.end, workers[0]!.ended]).toEqual(['STOPPING', 'STOPPING', false])
  clock.advance(100)
  expect([workers[0]!.ended, workers[0]!.held]).toEqual([true, true])
  await settle()
  expect(stopped).toBe(false)
  workers[0]!.go()
  await settle()
  expect(stopped).toBe(true)
  clock.advance(60_000)
  expect([workers.length, clock.next]).toEqual([2, undefined])
})
