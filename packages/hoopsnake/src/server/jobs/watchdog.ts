import { workerData } from 'node:worker_threads'
import { realClock } from '../clock.ts'

/*
 * A thread that ends its whole process when the parent of the process is gone.
 *
 * It looks by itself: a main thread that is busy for ever would never be told.
 */

/** How often it looks, in ms. */
const EVERY = 250

const { parent } = workerData as { readonly parent: number }
const clock = realClock()

/** An orphan is given to another process, but not everywhere: there, whether the parent lives is asked. */
function orphaned(): boolean {
  if (process.ppid !== parent) return true
  try {
    process.kill(parent, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function look(): void {
  // In a thread process.exit() would end the thread alone.
  if (orphaned()) process.kill(process.pid, 'SIGKILL')
  clock.at(clock.now() + EVERY, look)
}

look()
