import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { create } from '../../client/index.ts'
import { alive } from '../../test/contracts/jobs.ts'
import module, { double } from '../../test/contracts/jobs.module.ts'
import rooms, { oracle } from '../../test/contracts/jobs.rooms.ts'
import { inline } from '../place/inline.ts'
import { threads } from '../place/threads.ts'
import { serve, type Server } from '../serve.ts'
import type { JobPool } from './pool.ts'
import { jobProcesses } from './processes.ts'
import { jobThreads } from './threads.ts'

const quiet = { rooms, port: 0, host: '127.0.0.1', signals: false, log: () => {} }

let folder: string
let server: Server | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoopsnake-jobs-'))
})
afterEach(async () => {
  await server?.stop()
  server = undefined
  await rm(folder, { recursive: true })
})

const places = { inline, 'threads(2)': () => threads(2) }

describe.each(Object.entries(places))('%s', (_, place) => {
  const pools = {
    jobThreads: () => jobThreads(module, { threads: 1, log: () => {} }),
    jobProcesses: () => jobProcesses(module, { processes: 1, log: () => {} }),
  }

  test.each(Object.entries(pools))(
    '[JB14] answers and failures come to the rules at a tick: %s',
    async (_, make) => {
      const jobs = make()
      server = await serve({ ...quiet, place: place(), jobs })
      const ann = await create(server.url, oracle, {})
      expect(ann.state.loaded).toBe(100)
      expect(await ann.ask('double', 21)).toBeNull()
      await expect.poll(() => ann.state.answers).toEqual([42])
      ann.send('fail', 'no luck')
      await expect.poll(() => ann.state.failures).toEqual(['JOB_FAILED: no luck'])
      expect(jobs.counts).toMatchObject({ done: 2, failed: 1 })
      await server.stop()
      await jobs.done
      await expect(jobs.run(double, 1)).rejects.toMatchObject({ code: 'STOPPING' })
    },
  )

  test('[JB5] a room that closes calls its jobs off: the waiting one and the endless one', async () => {
    const jobs = pools.jobProcesses()
    server = await serve({ ...quiet, place: place(), jobs })
    const [ann, bob] = [await create(server.url, oracle, {}), await create(server.url, oracle, {})]
    const file = join(folder, 'spin')
    ann.send('spin', file)
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).not.toBe('')
    const pid = Number(await readFile(file, 'utf8'))
    ann.send('double', 1)
    await expect.poll(() => jobs.counts).toMatchObject({ running: 1, waiting: 1 })
    ann.send('close')
    await expect.poll(() => jobs.counts).toMatchObject({ running: 0, waiting: 0, cancelled: 2 })
    await expect.poll(() => alive(pid)).toBe(false)
    bob.send('double', 4)
    await expect.poll(() => bob.state.answers).toEqual([8])
  })

  test('[JB11] without jobs the rules are told what to do', async () => {
    server = await serve({ ...quiet, place: place() })
    const ann = await create(server.url, oracle, {})
    ann.send('double', 1)
    await expect
      .poll(() => ann.state.failures)
      .toEqual([expect.stringMatching(/^NO_JOBS: .*serve\(\{ jobs: /)])
  })
})

test('[JB5] a thread of rooms that is lost calls its jobs off', async () => {
  const jobs = jobThreads(module, { threads: 1, log: () => {} })
  server = await serve({ ...quiet, place: threads(1), jobs })
  const ann = await create(server.url, oracle, {})
  ann.send('heed')
  await expect.poll(() => jobs.counts.running).toBe(1)
  ann.send('exit')
  await expect.poll(() => jobs.counts).toMatchObject({ running: 0, cancelled: 1 })
  const bob = await create(server.url, oracle, {})
  bob.send('double', 2)
  await expect.poll(() => bob.state.answers).toEqual([4])
})

test('[JB8] a server does not start without its jobs, and leaves nothing behind', async () => {
  const broken = { ...module, url: 'data:text/javascript,throw new Error("no map of the field")' }
  const jobs: JobPool = jobProcesses(broken, { processes: 1, log: () => {} })
  await expect(serve({ ...quiet, jobs })).rejects.toThrow('no map of the field')
  await jobs.done
})
