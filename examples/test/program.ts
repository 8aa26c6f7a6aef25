import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'

/** An example that runs as a process of its own, and what it has said so far. */
export interface Program extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** The lines of standard output and standard error, in the order of their coming. */
  readonly lines: readonly string[]
  /** Lines that match. */
  said(pattern: RegExp): string[]
  /** Rooms, seats, connections and ticks, as the server counts them. */
  counts(): Promise<Counts>
  /** Sends a signal and waits for the end, 15 s at most; gives the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

export interface Counts {
  readonly rooms: number
  readonly seats: number
  readonly connections: number
  readonly ticks: number
}

/** Starts an example on a free port, ten times as fast as people have it. */
export async function start(name: string, env: Record<string, string> = {}): Promise<Program> {
  const child = spawn(
    process.execPath,
    ['--conditions=@hoopsnake/source', join(import.meta.dirname, '..', name, 'server.ts')],
    // Tests of the servers need no built page.
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PORT: '0', PAGE: './page/', SPEED: '10', ...env },
    },
  )
  const lines: string[] = []
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const url = await firstUrl(child, lines)
  const program: Program = {
    url,
    pid: child.pid!,
    lines,
    said: (pattern) => lines.filter((line) => pattern.test(line)),
    async counts() {
      const answer = await fetch(new URL('healthz', url))
      return (await answer.json()) as Counts
    },
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal)
        // One that was halted hears of the signal only when it goes on.
        child.kill('SIGCONT')
      }
      const cut = setTimeout(() => child.kill('SIGKILL'), 15_000)
      const [code, by] = await exit
      clearTimeout(cut)
      return by ?? code!
    },
    async [Symbol.asyncDispose]() {
      await program.end()
    },
  }
  return program
}

/** Gathers what a child says, and gives the address at which it serves. */
async function firstUrl(child: ChildProcess, lines: string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  createInterface(child.stderr!).on('line', (line) => lines.push(line))
  createInterface(child.stdout!).on('line', (line) => {
    lines.push(line)
    const url = /http:\S+/.exec(line)?.[0]
    if (url) resolve(url)
  })
  child.once('exit', () => reject(new Error(`the example ended before it served:\n${lines.join('\n')}`)))
  return promise
}

/** Says whether a process is there. */
export function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Waits until none of these processes is there. */
export async function gone(pids: readonly number[]): Promise<void> {
  // Patient: a killed orphan counts as there until the system's init has taken note.
  await expect.poll(() => pids.filter(lives)).toEqual([])
}
