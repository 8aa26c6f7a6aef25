import { expect, test } from 'vitest'
import { jobsContract } from '../../test/contracts/jobs.ts'
import module from '../../test/contracts/jobs.module.ts'
import { jobThreads } from './threads.ts'

jobsContract('jobThreads', (jobs, threads, options) => jobThreads(jobs, { ...options, threads }))

test('[JB11] impossible options are refused in words', () => {
  expect(() => jobThreads(module, { threads: 0 })).toThrow(/1 to 256/)
  expect(() => jobThreads(module, { queue: 0 })).toThrow(/from 1/)
  expect(() => jobThreads(module, { timeout: 0 })).toThrow(/no job is that fast/)
  expect(() => jobThreads({} as never)).toThrow(/default export of your jobs module/)
})
