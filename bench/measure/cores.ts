/* Which cores a bench has. The server gets one for itself, the load another. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Where a process of a bench runs. */
export type Side = 'server' | 'load'

let found: readonly number[] | undefined

/** Gives what to put before a command so that it runs on its own core; nothing where that cannot be done. */
export function pinned(side: Side): string[] {
  found ??= coresOf()
  const core = side === 'server' ? found[0] : found.at(-1)
  return found.length < 2 ? [] : ['taskset', '-c', String(core)]
}

function coresOf(): number[] {
  if (spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status !== 0) return []
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? []
  return coresIn(list ?? '')
}

/** Reads a list of cores as Linux writes it: `0-2,5` are 0, 1, 2 and 5. */
export function coresIn(list: string): number[] {
  return [...list.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, place) => Number(first) + place),
  )
}
