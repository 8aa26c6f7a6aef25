import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { test, type TestContext } from 'vitest'
import { alive, jobsContract } from '../../test/contracts/jobs.ts'
import { jobProcesses } from './processes.ts'

jobsContract('jobProcesses', (jobs, processes, options) => jobProcesses(jobs, { ...options, processes }))

const program = fileURLToPath(new URL('../../test/contracts/jobs.parent.ts', import.meta.url))

/** Starts a program that has one worker in an endless job and one that is idle; gives their pids. */
async function startParent(how: string, { expect }: Pick<TestContext, 'expect'>) {
  const parent = spawn(process.execPath, ['--conditions=@hoopsnake/source', program, how], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(parent, 'exit')
  let said = ''
  parent.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await expect.poll(() => /pids (\d+) (\d+)\n/.test(said)).toBe(true)
  const pids = [...said.match(/\d+/g)!].map(Number)
  return { parent, pids, exited }
}

test.concurrent.for(['SIGKILL', 'SIGTERM', 'exit', 'throw'])(
  '[JB12] a parent that ends by %s leaves no process, busy or idle',
  async (how, { expect }) => {
    const { parent, pids, exited } = await startParent(how, { expect })
    expect(pids.filter(alive)).toEqual(pids)
    if (how === 'SIGKILL' || how === 'SIGTERM') parent.kill(how)
    else parent.kill('SIGUSR2')
    await exited
    await expect.poll(() => pids.filter(alive)).toEqual([])
  },
)

test.concurrent('[JB12] a signal to the whole group leaves the workers to their parent', async ({
  expect,
}) => {
  const { parent, pids, exited } = await startParent('exit', { expect })
  for (const pid of pids)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal)
  parent.kill('SIGUSR1')
  const [code] = await exited
  // The idle one still worked after the signals.
  expect(code).toBe(42)
  await expect.poll(() => pids.filter(alive)).toEqual([])
})

test.concurrent('[JB13] an idle pool keeps no process alive', async ({ expect }) => {
  const { pids, exited } = await startParent('idle', { expect })
  expect(await exited).toEqual([0, null])
  await expect.poll(() => pids.filter(alive)).toEqual([])
})
