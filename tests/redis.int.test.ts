import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { redis } from '../scripts/redis.ts'

test('a real Redis starts and answers', async () => {
  const { path, env } = await redis()
  const folder = await mkdtemp(join(tmpdir(), 'hoopsnake-redis-'))
  const socket = join(folder, 'redis.sock')
  const server = spawn(path, ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''], {
    env: { ...process.env, ...env },
  })
  try {
    for await (const text of server.stdout) if (/ready to accept/i.test(String(text))) break
    const client = connect(socket)
    client.write('PING\r\n')
    const [answer] = (await once(client, 'data')) as [Buffer]
    client.destroy()
    expect(answer.toString()).toBe('+PONG\r\n')
  } finally {
    server.kill()
    await once(server, 'exit')
    await rm(folder, { recursive: true })
  }
})
