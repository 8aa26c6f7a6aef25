/* The processes of a bench. None of them outlives it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pinned, type Side } from './cores.ts'
import { cpuOf, memoryOf } from './usage.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const leash = new URL('../../scripts/run/leash.mjs', import.meta.url).href
/** How long a server may take until it says where it listens, and until it has stopped, in ms. */
const PATIENCE = 20_000

/** A process of ours. */
export interface Program {
  readonly child: ChildProcess
  readonly pid: number
  /** CPU time of all its threads so far, in ms. */
  cpu(): number
  /** Its memory in RAM, in bytes. */
  memory(): number
  /** Asks it to stop; after a while, makes it. */
  stop(): Promise<void>
}

export interface Server extends Program {
  /** Where it listens on 127.0.0.1. */
  readonly port: number
}

interface Extra {
  /** Whether it is talked to by messages. */
  readonly ipc?: boolean
  readonly env?: Readonly<Record<string, string>>
}

/** What servers say to stderr: not what a bench is about, but wanted when one fails. */
const logFile = new URL('../../.cache/bench/servers.log', import.meta.url)
mkdirSync(new URL('.', logFile), { recursive: true })
const log = openSync(logFile, 'w')

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * What `npm start` and what is in deploy/ tell Node; here all servers. Otherwise much of their memory is how far V8 has
 * got in growing the space of young objects, which comes to 64 MiB whatever they do.
 */
const YOUNG = '--max-semi-space-size=8'

/**
 * Starts a program on Node, on the core of its side. `args` are what Node is told, a file, relative to the project, and
 * what that is told.
 */
export function startProgram(
  side: Side,
  args: readonly string[],
  { ipc = false, env = {} }: Extra = {},
): Program {
  const node = [process.execPath, '--import', leash, '--conditions=@hoopsnake/source', ...args]
  const [command = '', ...rest] = [...pinned(side), ...node]
  const child = spawn(command, rest, {
    cwd: root,
    stdio: ['ignore', ipc ? 2 : 'pipe', ipc ? 2 : log, ...(ipc ? (['ipc'] as const) : [])],
    serialization: 'advanced',
    env: { ...process.env, NODE_ENV: 'production', ...env },
  })
  running.add(child)
  const ended = once(child, 'close').finally(() => running.delete(child))
  // Told by whoever waits for it; see `stop`.
  ended.catch(() => {})
  const pid = child.pid ?? NaN
  return {
    child,
    pid,
    cpu: () => cpuOf(pid),
    memory: () => memoryOf(pid),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const deadline = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
      child.kill('SIGTERM')
      await ended
      clearTimeout(deadline)
    },
  }
}

/** Starts a server on the server's core. It has to print a line that ends with `:PORT`. Rejects if it does not. */
export async function startServer(args: readonly string[], env: Extra['env'] = {}): Promise<Server> {
  const program = startProgram('server', [YOUNG, ...args], { env })
  const { child } = program
  const port = await new Promise<number>((resolve, reject) => {
    const failed = (why: string): void =>
      reject(new Error(`${args.join(' ')} ${why}; its own words are in ${fileURLToPath(logFile)}`))
    const deadline = setTimeout(() => failed('did not say where it listens'), PATIENCE)
    child.once('error', ({ message }) => failed(message))
    child.once('exit', (code) => failed(`ended with ${code} before it listened`))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const [, found] = /:(\d+)\/?$/.exec(line.trim()) ?? []
      if (found === undefined) return
      clearTimeout(deadline)
      resolve(Number(found))
    })
  }).catch(async (error: unknown) => {
    await program.stop()
    throw error
  })
  return { ...program, port }
}
