import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The server of the game as a process of its own, with a database of its own. */
export interface Program extends AsyncDisposable {
  readonly url: string
  /** Ends the server by SIGTERM and waits until it is gone. */
  stop(): Promise<void>
  /** Starts it again on the same port and database. */
  start(): Promise<void>
}

/** Starts the server on a free port, with a temporary database. */
export async function startProgram(...options: string[]): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'snake-'))
  const arguments_ = [...options, '--db', join(folder, 'snake.db')]
  let { url, child } = await launch(0, arguments_)
  const program: Program = {
    get url() {
      return url
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
    async start() {
      ;({ url, child } = await launch(Number(new URL(url).port), arguments_))
    },
    async [Symbol.asyncDispose]() {
      await program.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return program
}

async function launch(port: number, options: string[]): Promise<{ url: string; child: ChildProcess }> {
  const server = join(import.meta.dirname, '..', 'server.ts')
  const child = spawn(
    process.execPath,
    // Without bots, unless they are asked for: they would have a say in what a test sees.
    ['--conditions=@hoopsnake/source', server, '--port', String(port), '--bots', '0', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\S+/.exec(line)?.[0]
    if (url) return { url, child }
  }
  throw new Error('the server ended before it said its URL')
}
