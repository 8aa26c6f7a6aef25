import { expect, test } from 'vitest'
import { job, type Jobs, jobs, jobsWithin, noJobs } from './jobs.ts'

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
