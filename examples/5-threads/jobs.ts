import { threadId } from 'node:worker_threads'
import { job, jobs } from 'hoopsnake'

/** Blocks the thread it runs on for so many ms, and says which that is. */
export const block = job<number, number>('block')

const never = new Int32Array(new SharedArrayBuffer(4))

export default jobs(import.meta.url, [
  block.does((ms) => {
    console.log(`Blocking thread ${threadId} for ${ms} ms.`)
    Atomics.wait(never, 0, 0, ms)
    return threadId
  }),
])
