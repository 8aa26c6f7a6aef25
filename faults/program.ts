import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A server in a process of its own. */
export interface Program extends AsyncDisposable {
  readonly child: ChildProcess
  readonly port: number
  readonly url: string
  /** What it said on standard error, line by line; the last 10,000. */
  readonly log: readonly string[]
  /** What `/healthz` answers. Rejects if nothing does within `patience` ms, by default 2,000. */
  health(patience?: number): Promise<Health>
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

const MOST_LINES = 10_000

/** Starts a server that says `http://…:port` on its standard output. Rejects with its words if it does not. */
export async function startProgram(
  path: string,
  args: readonly string[],
  { env = {}, execArgv = [] }: { env?: Record<string, string>; execArgv?: string[] } = {},
): Promise<Program> {
  const child = fork(path, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--conditions=@hoopsnake/source', ...execArgv],
    env: { ...process.env, ...env },
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
    child,
    port,
    url,
    log,
    end,
    async health(patience = 2000) {
      const answer = await fetch(`${url}healthz`, { signal: AbortSignal.timeout(patience) })
      return (await answer.json()) as Health
    },
    async [Symbol.asyncDispose]() {
      await end()
    },
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
