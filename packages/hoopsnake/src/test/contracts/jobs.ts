import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { job, type JobsModule } from '../../core/jobs.ts'
import type { PoolOptions } from '../../server/jobs/options.ts'
import type { JobPool } from '../../server/jobs/pool.ts'
import module, { die, double, echo, fail, heed, impossible, meet, spin, where } from './jobs.module.ts'

/** Starts a pool of so many workers. */
export type MakePool = (module: JobsModule, size: number, options?: PoolOptions) => JobPool

/** Says whether a process lives; one that has ended and was not waited for does not. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'))
  } catch {
    return false
  }
}

/** Registers the tests that every pool passes. */
export function jobsContract(name: string, make: MakePool): void {
  describe(name, () => {
    let folder: string
    let pool: JobPool
    const logged: { message: string; fields: Record<string, unknown> }[] = []
    const log: PoolOptions['log'] = (_, message, fields = {}) => void logged.push({ message, fields })
    const start = (size: number, options: PoolOptions = {}, of: JobsModule = module): JobPool =>
      (pool = make(of, size, { log, ...options }))
    /** Runs an endless job, and waits until it does. Gives how it ends. */
    const spinning = async (signal?: AbortSignal): Promise<{ readonly end: Promise<unknown> }> => {
      const file = join(folder, 'spin')
      const end = pool
        .run(spin, { file, hot: signal !== undefined }, { signal })
        .catch((error: unknown) => error)
      await expect.poll(() => existsSync(file)).toBe(true)
      return { end }
    }
    beforeEach(async () => {
      logged.length = 0
      folder = await mkdtemp(join(tmpdir(), 'hoopsnake-jobs-'))
    })
    afterEach(async () => {
      await pool.stop()
      await rm(folder, { recursive: true })
    })

    test('[JB1] a job runs elsewhere, and its answer comes back', async () => {
      start(1)
      await pool.ready
      expect(await pool.run(double, 21)).toBe(42)
      const { pid, thread } = await pool.run(where, null)
      expect([pid, thread]).not.toEqual([process.pid, 0])
    })

    test('[JB1] input and output are plain data, copied', async () => {
      start(1)
      const value = {
        map: new Map([[1, new Set(['a'])]]),
        bytes: Uint8Array.of(1, 2, 3),
        floats: Float64Array.of(0.5, NaN),
        when: new Date(0),
        nothing: undefined,
        big: 2n ** 70n,
        list: [null, -0, '🐍'],
      }
      const back = await pool.run(echo, value)
      expect(back).toEqual(value)
      expect(back).not.toBe(value)
      const large = new Uint8Array(3_000_000).fill(7)
      expect(((await pool.run(echo, large)) as Uint8Array).length).toBe(3_000_000)
      await expect(pool.run(echo, () => 1)).rejects.toMatchObject({
        code: 'JOB_FAILED',
        message: expect.stringContaining("the input of 'echo' cannot be copied"),
      })
      await expect(pool.run(impossible, null)).rejects.toMatchObject({
        code: 'JOB_FAILED',
        message: expect.stringContaining('its answer cannot be copied'),
      })
      expect(await pool.run(double, 1)).toBe(2)
    })

    test('[JB2] one worker does the jobs in the order of asking', async () => {
      start(1)
      const order: number[] = []
      await Promise.all([5, 1, 4, 2, 3].map(async (n) => order.push(await pool.run(double, n))))
      expect(order).toEqual([10, 2, 8, 4, 6])
    })

    test('[JB2] as many jobs run at once as there are workers', async () => {
      start(2)
      const both = [
        pool.run(meet, { folder, me: 'a', other: 'b' }),
        pool.run(meet, { folder, me: 'b', other: 'a' }),
      ]
      expect(await Promise.all(both)).toEqual(['a', 'b'])
    })

    test('[JB3] the queue is bounded: one job more is refused', async () => {
      start(1, { queue: 2 })
      await pool.ready
      const off = new AbortController()
      const spun = await spinning(off.signal)
      const waiting = [pool.run(double, 1), pool.run(double, 2)]
      await expect(pool.run(double, 3)).rejects.toMatchObject({ code: 'QUEUE_FULL' })
      off.abort()
      expect(await Promise.all(waiting)).toEqual([2, 4])
      await spun.end
      expect(pool.counts).toMatchObject({ done: 2, cancelled: 1, refused: 1, waiting: 0, running: 0 })
    })

    test('[JB4] a job that takes too long is ended with its worker, and the next one runs', async () => {
      start(1, { timeout: 60_000 })
      await pool.ready
      const file = join(folder, 'spin')
      const late = pool.run(spin, { file, hot: true }, { timeout: 300 })
      const next = pool.run(double, 4)
      await expect(late).rejects.toMatchObject({
        code: 'JOB_TIMEOUT',
        message: expect.stringContaining('300 ms'),
      })
      expect(await next).toBe(8)
      expect(pool.counts).toMatchObject({ timedOut: 1, done: 1, replaced: 1 })
      const line = logged.find(({ fields }) => fields['code'] === 'JOB_TIMEOUT')
      expect(line?.fields).toMatchObject({ job: 'spin', ms: expect.any(Number) })
    })

    test('[JB5] a waiting job that is called off is dropped', async () => {
      start(1)
      await pool.ready
      const [busy, off] = [new AbortController(), new AbortController()]
      const spun = await spinning(busy.signal)
      const waiting = pool.run(double, 1, { signal: off.signal })
      await expect.poll(() => pool.counts.waiting).toBe(1)
      off.abort()
      await expect(waiting).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
      expect(pool.counts).toMatchObject({ waiting: 0, running: 1 })
      await expect(pool.run(double, 1, { signal: off.signal })).rejects.toMatchObject({
        code: 'JOB_CANCELLED',
      })
      busy.abort()
      await spun.end
    })

    test('[JB5] a running job that is called off may end well; if it does not, its worker is replaced', async () => {
      start(1)
      const before = await pool.run(where, null)
      const off = new AbortController()
      const heeding = pool.run(heed, null, { signal: off.signal })
      await expect.poll(() => pool.counts.running).toBe(1)
      off.abort()
      await expect(heeding).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
      expect(await pool.run(where, null)).toEqual(before)
      expect(pool.counts.replaced).toBe(0)

      const stubborn = new AbortController()
      const spun = await spinning(stubborn.signal)
      stubborn.abort()
      expect(await spun.end).toMatchObject({ code: 'JOB_CANCELLED' })
      expect(await pool.run(where, null)).not.toEqual(before)
      expect(pool.counts).toMatchObject({ replaced: 1, cancelled: 2 })
    })

    test('[JB6] what a job throws is told, and its worker goes on', async () => {
      start(1)
      const before = await pool.run(where, null)
      await expect(pool.run(fail, { why: 'no luck' })).rejects.toMatchObject({
        code: 'JOB_FAILED',
        message: 'no luck',
      })
      expect(await pool.run(where, null)).toEqual(before)
    })

    test('[JB7] a worker that dies fails its own job, once, and is started again', async () => {
      start(1)
      const dying = pool.run(die, null)
      const next = pool.run(double, 5)
      await expect(dying).rejects.toMatchObject({
        code: 'JOB_FAILED',
        message: expect.stringMatching(/ended with code 3 while it ran this job; it is not tried again/),
      })
      expect(await next).toBe(10)
      expect(pool.counts).toMatchObject({ failed: 1, done: 1, replaced: 1 })
      expect(logged.map(({ message }) => message)).toContain('a worker for jobs ended; starting another')
    })

    test('[JB8] workers that cannot start reject the jobs with why, and are tried again later', async () => {
      const [file, marker] = [join(folder, 'fragile.mjs'), join(folder, 'marker')]
      await writeFile(
        file,
        `import { existsSync } from 'node:fs'
         if (!existsSync(${JSON.stringify(marker)})) throw new Error('no map of the field')
         export default { jobs: new Map([['double', { run: (n) => n * 2 }]]) }`,
      )
      start(2, {}, { ...module, url: pathToFileURL(file).href })
      const words = { code: 'JOB_FAILED', message: expect.stringContaining('no map of the field') }
      await expect(pool.run(double, 1)).rejects.toMatchObject(words)
      await expect(pool.ready).rejects.toMatchObject(words)
      await expect(pool.run(double, 1)).rejects.toMatchObject(words)
      expect(logged.length).toBeLessThan(6)
      await writeFile(marker, '')
      const attempt = (): Promise<unknown> =>
        pool.run(double, 3).catch((error: { code: string }) => error.code)
      await expect.poll(attempt, { timeout: 10_000, interval: 200 }).toBe(6)
    })

    test('[JB8] a module without jobs is refused with words', async () => {
      start(1, {}, { ...module, url: 'data:text/javascript,export default 1' })
      await expect(pool.ready).rejects.toThrow('has no default export made by jobs(import.meta.url, [ … ])')
    })

    test('[JB9] every job asked for is counted once', async () => {
      start(1)
      await pool.run(double, 1)
      await pool.run(fail, { why: '' }).catch(() => {})
      const unknown = pool.run(job('treble'), 1)
      await expect(unknown).rejects.toMatchObject({
        code: 'UNKNOWN_JOB',
        message: expect.stringMatching(/double/),
      })
      expect(pool.counts).toEqual({
        workers: 1,
        replaced: 0,
        waiting: 0,
        running: 0,
        done: 1,
        failed: 1,
        timedOut: 0,
        cancelled: 0,
        refused: 1,
      })
      const done = logged.find(({ message }) => message === 'a job was done')
      expect(done?.fields).toMatchObject({ job: 'double', ms: expect.any(Number) })
    })

    test('[JB10] a stop rejects what is pending, ends every worker, and lets nothing more in', async () => {
      start(2)
      const pids = [await pool.run(where, null), await pool.run(where, null)].map(({ pid }) => pid)
      const spun = await spinning()
      const heeding = pool.run(heed, null)
      await expect.poll(() => pool.counts.running).toBe(2)
      const waiting = pool.run(double, 1)
      const stopped = pool.stop()
      for (const pending of [heeding, waiting])
        await expect(pending).rejects.toMatchObject({ code: 'STOPPING' })
      expect(await spun.end).toMatchObject({ code: 'STOPPING' })
      await stopped
      await pool.stop()
      await pool.done
      await expect(pool.run(double, 1)).rejects.toMatchObject({ code: 'STOPPING' })
      expect(pool.counts).toMatchObject({ workers: 0, running: 0, waiting: 0 })
      const others = [...pids, Number(readFileSync(join(folder, 'spin'), 'utf8'))].filter(
        (pid) => pid !== process.pid,
      )
      expect(others.filter(alive)).toEqual([])
    })
  })
}
