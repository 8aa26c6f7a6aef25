import { availableParallelism } from 'node:os'
import type { Clock, Duration } from '../../core/clock.ts'
import { milliseconds } from '../../core/clock.ts'
import type { JobsModule } from '../../core/jobs.ts'
import type { Log } from '../../core/log.ts'
import { realClock } from '../clock.ts'
import { plainLog } from '../log.ts'

/** What every pool of workers is told. */
export interface PoolOptions {
  /** Jobs that may wait for a worker; one more is refused with QUEUE_FULL. Default 1,000. */
  readonly queue?: number | undefined
  /** How long a job may run, if it does not say itself; then its worker is ended and replaced. Default '10s'. */
  readonly timeout?: Duration | undefined
  /** Default: one line per entry on standard error. */
  readonly log?: Log | undefined
}

/** Options with every default filled in. */
export interface FullPoolOptions {
  readonly size: number
  readonly queue: number
  /** In ms. */
  readonly timeout: number
  readonly log: Log
  readonly clock: Clock
}

/** Gives how many jobs run at once by default: one core is left to the ticks. */
export function defaultSize(): number {
  return Math.max(1, availableParallelism() - 1)
}

/** Fills the defaults in. Throws with words on options that make no sense. */
export function fullPoolOptions(module: JobsModule, size: number, options: PoolOptions): FullPoolOptions {
  const { queue = 1000, timeout = '10s', log = plainLog() } = options
  if (!(module?.jobs instanceof Map)) {
    throw new TypeError(
      'give what `jobs(import.meta.url, [ … ])` made, the default export of your jobs module',
    )
  }
  if (!(Number.isInteger(size) && size >= 1 && size <= 256)) {
    throw new RangeError(`${size} workers: give a whole number, 1 to 256`)
  }
  if (!(Number.isInteger(queue) && queue >= 1))
    throw new RangeError(`queue: ${queue}: give a whole number from 1`)
  const ms = milliseconds(timeout)
  if (ms === 0) throw new RangeError("timeout: 0: no job is that fast; give e.g. '10s'")
  return { size, queue, timeout: ms, log, clock: realClock() }
}
