import { Worker } from 'node:worker_threads'
import type { JobsModule } from '../../core/jobs.ts'
import type { Spawn } from './messages.ts'
import { defaultSize, fullPoolOptions, type PoolOptions } from './options.ts'
import { createPool, type JobPool } from './pool.ts'

/** What `jobThreads` is told. */
export interface JobThreadsOptions extends PoolOptions {
  /** Jobs at once, 1 … 256. Default: one for each further core. */
  readonly threads?: number | undefined
}

/**
 * Runs the jobs of a module on worker threads of this process. They start at once and are replaced when they end.
 *
 * Cheap; but they share this process: memory, and a fault in native code.
 */
export function jobThreads(module: JobsModule, options: JobThreadsOptions = {}): JobPool {
  const { threads = defaultSize(), ...others } = options
  return createPool(module, threadsOf(module.url), fullPoolOptions(module, threads, others))
}

function threadsOf(url: string): Spawn {
  // Of the same kind as this file: .ts where sources run, .js where the package is built.
  const file = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  let number = 0
  return ({ heard, gone }) => {
    const worker = new Worker(file, { workerData: { url }, name: `jobs ${++number}` })
    let why: string | undefined
    worker.on('message', heard)
    worker.on('error', (error: Error) => (why = error.message))
    worker.on('exit', (code) => gone(why ?? `the thread ended with code ${code}`))
    return {
      tell: (ask) => worker.postMessage(ask),
      end: () => void worker.terminate(),
      hold: (on) => (on ? worker.ref() : worker.unref()),
    }
  }
}
