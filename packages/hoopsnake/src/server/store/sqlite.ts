import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Store } from '../../core/store.ts'
import { workerStore } from './proxy.ts'

/**
 * Makes a store in an SQLite file; `':memory:'` for one that is forgotten.
 *
 * The database lives in a thread of its own, so that no tick ever waits for the disk. The file is made when it is
 * first used, and one that cannot be used is told to whoever calls, in words.
 */
export function sqlite(path: string | URL): Store {
  const workerData = typeof path === 'string' ? path : fileURLToPath(path)
  // Of the same kind as this file: .ts where sources run, .js where the package is built.
  const file = new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  // No flags of the main thread: the worker needs none, and some of them a worker may not have.
  return workerStore(() => new Worker(file, { workerData, execArgv: [], name: 'store' }))
}
