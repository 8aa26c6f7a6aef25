/* What the operating system says a process has used. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

let ticksPerSecond: number | undefined

/** Gives the CPU time of all threads of a process, in ms: what it did itself and what the kernel did for it. */
export function cpuOf(pid: number): number {
  if (process.platform !== 'linux') return timeIn(ps(pid, 'time'))
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'latin1' }))
  return (ticksIn(readFileSync(`/proc/${pid}/stat`, 'latin1')) * 1000) / ticksPerSecond
}

/** Gives the memory that a process has in RAM, in bytes. */
export function memoryOf(pid: number): number {
  return Number(ps(pid, 'rss')) * 1024
}

function ps(pid: number, column: string): string {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'latin1' }).trim()
}

/** Reads utime + stime from `/proc/PID/stat`. The name of the program comes before, in brackets, and may have any form. */
export function ticksIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** Reads `[[hours:]minutes:]seconds` with a fraction, as ps writes them, in ms. */
export function timeIn(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000
}
