import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const program = `
  import { capacityFor } from ${JSON.stringify(new URL('./connections.ts', import.meta.url).href)}
  const { sockets, connections, answers } = capacityFor({ connections: 10_000, entering: 2000 })
  console.log(sockets, connections, answers)`

test('[SF4] [GW24] no more sockets, connections, and answers with files than the system lets the process open, less what it needs itself', async () => {
  // Elsewhere nothing says so.
  const most = process.platform === 'linux' ? '105 120 30' : '10000 12000 2000'
  const script = `ulimit -n 250 && exec "$0" --input-type=module --eval "$1"`
  const { stdout } = await run('sh', ['-c', script, process.execPath, program])
  expect(stdout.trim()).toBe(most)
})
