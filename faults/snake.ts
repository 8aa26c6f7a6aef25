import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../scripts/page.ts'

/** The real server of the game, in a process of its own: what `npm start` runs. */
export interface SnakeServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly child: ChildProcess
  /** What it said on standard error, line by line. */
  readonly log: readonly string[]
  /** What `/healthz` answers. Rejects if nothing does within 2 s. */
  health(): Promise<Health>
  /** Memory of the process in bytes; Linux only, elsewhere 0. */
  memory(): number
}

export interface Health {
  readonly ok: boolean
  readonly connections: number
  readonly rooms: number
  readonly seats: number
  readonly ticks: number
}

const program = fileURLToPath(new URL('../games/snake/server.ts', import.meta.url))

/** Starts the game on a free port, with a store that is removed afterwards. */
export async function startSnake(args: readonly string[] = []): Promise<SnakeServer> {
  await buildPage()
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  const log: string[] = []
  const command = ['--conditions=@hoopsnake/source', program, '--port', '0', '--db', join(folder, 'snake.db')]
  const child = spawn(process.execPath, [...command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stderr.on('data', (bytes: Buffer) => void log.push(...bytes.toString().trimEnd().split('\n')))
  const said = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  const port = Number(/localhost:(\d+)/.exec(String(said[0]))?.[1])
  if (!(port > 0)) throw new Error(`the game did not start: ${log.join('\n')}`)
  const url = `http://127.0.0.1:${port}/`
  return {
    port,
    url,
    child,
    log,
    async health() {
      const answer = await fetch(`${url}healthz`, { signal: AbortSignal.timeout(2000) })
      return (await answer.json()) as Health
    },
    memory: () => memoryOf(child.pid!),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        const cut = setTimeout(() => child.kill('SIGKILL'), 10_000)
        await exited
        clearTimeout(cut)
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
