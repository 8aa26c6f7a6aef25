import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redis } from '../scripts/redis.ts'
import { freePort } from './freePort.ts'

/** A Redis of a test's own, which keeps nothing. */
export interface RedisServer {
  readonly url: string
  /** Kills it at once, as a crash does. */
  crash(): Promise<void>
  /** Starts it again at the same address, empty. */
  start(): Promise<void>
  /** Ends it and takes its folder away. */
  stop(): Promise<void>
}

/** Starts a Redis on a free port. */
export async function redisServer(): Promise<RedisServer> {
  const { path, env } = await redis()
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-redis-'))
  const port = await freePort()
  let running: ChildProcess

  async function start(): Promise<void> {
    const child = spawn(
      path,
      ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
      { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    running = child
    // A test run that ends early leaves none behind.
    const end = (): void => void child.kill('SIGKILL')
    process.once('exit', end)
    child.once('exit', () => process.off('exit', end))
    let said = ''
    for await (const text of child.stdout) {
      said += String(text)
      if (/ready to accept/i.test(said)) break
    }
    if (child.exitCode !== null) throw new Error(`Redis did not start:\n${said}`)
  }
  async function crash(): Promise<void> {
    if (running.exitCode !== null || running.signalCode !== null) return
    const exit = once(running, 'exit')
    running.kill('SIGKILL')
    await exit
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    crash,
    start,
    async stop() {
      await crash()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
