import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** What a server can be asked for: see `agent.ts`. */
export interface Asks {
  /** After garbage was collected: bytes of the heap and outside it, and how much there is that keeps a process alive. */
  memory: { readonly heap: number; readonly external: number; readonly handles: number }
  /** Blocks the event loop for `value` ms. */
  block: void
  /** Puts the time of day so many ms beside what it is, for what reads it in JavaScript. */
  jump: void
  /** The time of day, in ms since 1970. */
  date: number
}

/** A server in a process of its own, which answers questions. */
export interface Program extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** What it said on standard error, line by line; the last 10,000. */
  readonly log: readonly string[]
  /** What `/healthz` answers. Rejects if nothing does within `patience` ms, by default 2,000. */
  health(patience?: number): Promise<Health>
  /** Memory of the process in bytes; Linux only, elsewhere 0. */
  memory(): number
  /** Files and sockets that it has open; Linux only, elsewhere 0. */
  files(): number
  ask<K extends keyof Asks>(what: K, value?: number): Promise<Asks[K]>
  /** Stops it as an operator does; gives its exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | string>
}

export interface Health {
  readonly ok: boolean
  readonly connections: number
  readonly rooms: number
  readonly seats: number
  readonly ticks: number
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  /** How many times as fast as the one on the wall its clock goes. Default 1. */
  readonly speed?: number
  /** What stands before its command: see `pinned`. */
  readonly before?: readonly string[]
}

const MOST_LINES = 10_000
const agent = new URL('./agent.ts', import.meta.url).href

/** Starts a server that says `http://…:port` on its standard output. Rejects with its words if it does not. */
export async function startProgram(
  path: string,
  args: readonly string[],
  { env = {}, speed = 1, before = [] }: ProgramOptions = {},
): Promise<Program> {
  const command = [
    ...before,
    process.execPath,
    '--conditions=@hoopsnake/source',
    '--import',
    agent,
    path,
    ...args,
  ]
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, FASTER: String(speed), ...env },
  })
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  // What is begun here ends with us, however we end.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  void exited.then(() => process.off('exit', kill))
  const log: string[] = []
  createInterface(child.stderr!).on('line', (line) => {
    log.push(line)
    if (log.length > MOST_LINES) log.shift()
  })
  const port = await portOf(child, exited, log)
  const url = `http://127.0.0.1:${port}/`
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    const cut = setTimeout(kill, 15_000)
    const [code, by] = await exited
    clearTimeout(cut)
    return by ?? code!
  }
  return {
    port,
    url,
    log,
    end,
    ask: asker(child),
    memory: () => memoryOf(child.pid!),
    files: () => filesOf(child.pid!),
    async health(patience = 2000) {
      const answer = await fetch(`${url}healthz`, { signal: AbortSignal.timeout(patience) })
      return (await answer.json()) as Health
    },
    async [Symbol.asyncDispose]() {
      await end()
    },
  }
}

/** Gives a way to ask a child. */
function asker(child: ChildProcess): Program['ask'] {
  const waiting = new Map<number, (answer: never) => void>()
  let asked = 0
  child.on('message', ({ id, answer }: { id: number; answer: never }) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
  })
  return (what, value = 0) => {
    const { promise, resolve } = Promise.withResolvers<never>()
    const id = asked++
    waiting.set(id, resolve)
    child.send({ id, what, value })
    return promise
  }
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

function filesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0
  }
}

async function portOf(
  child: ChildProcess,
  exited: Promise<unknown>,
  log: readonly string[],
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  createInterface(child.stdout!).on('line', (line) => {
    const port = /http:\/\/[^:]+:(\d+)/.exec(line)?.[1]
    if (port !== undefined) resolve(Number(port))
  })
  void exited.then(() => reject(new Error(`the server ended before it served:\n${log.join('\n')}`)))
  return promise
}
