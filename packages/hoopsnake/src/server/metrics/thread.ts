import { getHeapStatistics } from 'node:v8'
import type { Clock } from '../../core/clock.ts'
import { createHistogram, type Histogram, record } from '../../core/telemetry.ts'

/** How one thread of this process does. Plain data. */
export interface ThreadReport {
  /** How late its event loop is: what a timer, and so a message, had to wait beyond its time. In ms. */
  readonly delay: Histogram
  /** Seconds of CPU that it took so far. */
  readonly cpu: number
  /** Bytes of its heap that are in use. */
  readonly heap: number
}

/** Measures the thread it runs in. */
export interface ThreadWatch {
  readonly report: ThreadReport
  stop(): void
}

/** How often the event loop is looked at, in ms: a loop that stands still for longer is always noticed. */
const EVERY = 100

/**
 * Begins to measure this thread.
 *
 * By a timer of our own, not by `monitorEventLoopDelay`: its histogram cannot be added up over time and threads, and
 * begins anew for all who ask when one of them does.
 */
export function watchThread(clock: Clock): ThreadWatch {
  const delay = createHistogram()
  let callOff = (): void => {}
  const wait = (): void => {
    const due = clock.now() + EVERY
    callOff = clock.at(due, () => {
      record(delay, clock.now() - due)
      wait()
    })
  }
  wait()
  return {
    get report() {
      const { user, system } = process.threadCpuUsage()
      return { delay, cpu: (user + system) / 1e6, heap: getHeapStatistics().used_heap_size }
    },
    stop: () => callOff(),
  }
}
