/* What the operating system says a process has used. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * Gives the CPU time of all threads of a process, in ms: what it did itself and what the kernel did for it.
 *
 * On Linux to the nanosecond, of the threads that are there: none of a server ends while it is measured.
 */
export function cpuOf(pid: number): number {
  if (process.platform !== 'linux') return timeIn(ps(pid, 'time'))
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce(
    (sum, id) => sum + runIn(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'latin1')),
    0,
  )
}

/** Gives the memory that a process has in RAM, in bytes. */
export function memoryOf(pid: number): number {
  return Number(ps(pid, 'rss')) * 1024
}

function ps(pid: number, column: string): string {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'latin1' }).trim()
}

/** Reads how long a thread has run, in ms, from its `schedstat`: ns on a core, ns in the queue, turns. */
export function runIn(schedstat: string): number {
  return Number(schedstat.split(' ')[0]) / 1e6
}

/** Reads `[[hours:]minutes:]seconds` with a fraction, as ps writes them, in ms. */
export function timeIn(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000
}
