import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const program = `
  import { capacityFor } from ${JSON.stringify(new URL('./connections.ts', import.meta.url).href)}
  const { connections, answers } = capacityFor({ connections: 10_000, entering: 2000 })
  console.log(connections, answers)`

test('[SF4] no more connections, and answers with files, than the system lets the process open, less what it needs itself', async () => {
  // Elsewhere nothing says so.
  const most = process.platform === 'linux' ? '120 30' : '12000 2000'
  const script = `ulimit -n 250 && exec "$0" --input-type=module --eval "$1"`
  const { stdout } = await run('sh', ['-c', script, process.execPath, program])
  expect(stdout.trim()).toBe(most)
})
