import { expect, test } from 'vitest'
import { simulate } from '../test/simulate.ts'
import { nothing } from '../wire/atoms.ts'
import { uint } from '../wire/numbers.ts'
import { str } from '../wire/text.ts'
import { job, type Jobs, jobs, jobsWithin, noJobs } from './jobs.ts'
import { protocol } from './protocol.ts'

const double = job<number, number>('double')

test('[JB11] names, implementations and their absence are refused in words', async () => {
  for (const name of ['', '1st', 'find path', 'ü', 'x'.repeat(65)])
    expect(() => job(name)).toThrow(/cannot name a job: use letters, digits/)
  const twice = [double.does((n) => n), double.does((n) => n)]
  expect(() => jobs('none:', twice)).toThrow(/'double' is implemented twice/)
  await expect(noJobs().run(double, 1)).rejects.toMatchObject({
    code: 'NO_JOBS',
    message: expect.stringContaining('serve({ jobs: jobThreads(myJobs) })'),
  })
})

test('[JB5] jobs within a signal end with it, and with one of their own', async () => {
  const signals: AbortSignal[] = []
  const given: Jobs = {
    run: (_job, _input, options) => {
      signals.push(options!.signal!)
      return new Promise(() => {})
    },
  }
  const [room, own] = [new AbortController(), new AbortController()]
  const bound = jobsWithin(given, room.signal)
  void bound.run(double, 1)
  void bound.run(double, 1, { signal: own.signal, timeout: '1s' })
  void bound.run(double, 1, { signal: new AbortController().signal })
  own.abort()
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, false])
  room.abort()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true])
})

test('[JB14] in a simulation jobs are done at once, and come to the rules at a tick', async () => {
  const counter = protocol('counter', 1, {
    state: { seen: str(200) },
    inputs: { double: uint, fail: nothing },
    results: { number: uint },
  })
  const kind = counter.room({
    create: () => ({ seen: '' }),
    inputs: {
      double: (room, _, n) => room.later((services) => services.jobs.run(double, n), 'number'),
      fail: (room) => room.later((services) => services.jobs.run(job<number, number>('none'), 1), 'number'),
    },
    results: {
      number(room, outcome) {
        room.state.seen = `${outcome.ok ? outcome.value : outcome.code} at ${room.tick}`
      },
    },
  })
  const s = simulate(kind, { jobs: jobs('none:', [double.does((n) => n * 2)]) })
  const ann = await s.join({})
  ann.send('double', 21)
  await s.ticks(3)
  expect(s.room().state.seen).toMatch(/^42 at \d+$/)
  ann.send('fail')
  await s.ticks(3)
  expect(s.room().state.seen).toMatch(/^UNKNOWN_JOB at \d+$/)
  await s.stop()
})
