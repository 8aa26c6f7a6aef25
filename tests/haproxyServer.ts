import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { haproxy } from '../scripts/haproxy.ts'
import { freePort } from './freePort.ts'

/** An HAProxy of a test's own, with the configuration of `deploy/`. */
export interface Balancer extends AsyncDisposable {
  readonly url: string
}

const config = join(import.meta.dirname, '..', 'deploy', 'haproxy.cfg')

/** Starts HAProxy on a free port, before these two servers. */
export async function balancer(first: string, second: string): Promise<Balancer> {
  const { path, env } = await haproxy()
  const port = await freePort()
  const places = { LISTEN: `127.0.0.1:${port}`, N1: `127.0.0.1:${first}`, N2: `127.0.0.1:${second}` }
  const child = spawn(path, ['-db', '-f', config], {
    env: { ...process.env, ...env, ...places },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (text) => (said += String(text)))
  const url = `http://127.0.0.1:${port}/`
  const ended = once(child, 'exit')
  while (
    !(await fetch(new URL('healthz', url)).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`HAProxy did not start:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
