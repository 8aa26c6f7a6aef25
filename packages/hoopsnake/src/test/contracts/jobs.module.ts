import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread, threadId } from 'node:worker_threads'
import { job, jobs } from '../../core/jobs.ts'

/** Doubles a number. */
export const double = job<number, number>('double')
/** Gives back what it got. */
export const echo = job<unknown, unknown>('echo')
/** Says where it runs. */
export const where = job<null, { readonly pid: number; readonly thread: number }>('where')
/** Returns when the other of two is under way too, and not before. */
export const meet = job<{ readonly folder: string; readonly me: string; readonly other: string }, string>(
  'meet',
)
/** Writes the pid into a file, and never returns. */
export const spin = job<{ readonly file: string; readonly hot?: boolean }, never>('spin')
/** Waits until it is called off, and then returns. */
export const heed = job<null, string>('heed')
/** Ends its worker. */
export const die = job<null, never>('die')
export const fail = job<{ readonly why: string }, never>('fail')
/** Answers with what cannot be copied. */
export const impossible = job<null, unknown>('impossible')

const cell = new Int32Array(new SharedArrayBuffer(4))

// oxlint-disable-next-line import/no-default-export -- a jobs module
export default jobs(import.meta.url, [
  double.does((n) => n * 2),
  echo.does((value) => value),
  where.does(() => ({ pid: process.pid, thread: isMainThread ? 0 : threadId })),
  meet.does(({ folder, me, other }) => {
    writeFileSync(join(folder, me), '')
    while (!existsSync(join(folder, other))) Atomics.wait(cell, 0, 0, 5)
    return me
  }),
  spin.does(({ file, hot = false }) => {
    writeFileSync(file, String(process.pid))
    // Cold, it blocks its thread as well, and leaves the core to others.
    for (;;) if (!hot) Atomics.wait(cell, 0, 0)
  }),
  heed.does(
    (_, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('heard'), { once: true })),
  ),
  die.does(() => process.exit(3)),
  fail.does(async ({ why }) => {
    throw new Error(why)
  }),
  impossible.does(() => () => 1),
])
