import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const script = join(import.meta.dirname, '..', 'scripts', 'run.mjs')

// A server that winds up when it is asked to, and that has started something itself.
const server = `
const helper = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
process.on('SIGTERM', () => process.exit(7))
setInterval(() => {}, 1000)
console.log(process.pid, helper.pid)`

test('a signal reaches the server, and nothing is left of it', async () => {
  const runner = spawn(process.execPath, [script, 'run', '-e', server])
  const pids = await started(runner)
  const exited = once(runner, 'exit')
  runner.kill('SIGTERM')
  expect((await exited)[0]).toBe(7)
  await gone(pids)
})

// It takes so many ms to wind up, and would say so by the code 7. Of two signals that wait, any may be told first.
const slow = (ms: number): string => `
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => setTimeout(() => process.exit(7), ${ms}))
setInterval(() => {}, 1000)
console.log(process.pid)`

test.runIf(process.platform !== 'win32')(
  'one Ctrl-C is one request, however many times it arrives; a later one ends the server at once',
  async () => {
    // As a terminal does it: everything in the group gets the signal, and npm then hands it on once more.
    const runner = spawn(process.execPath, [script, 'run', '-e', slow(1000)], { detached: true })
    await started(runner)
    const exited = once(runner, 'exit')
    process.kill(-runner.pid!, 'SIGINT')
    runner.kill('SIGINT')
    runner.kill('SIGTERM')
    expect((await exited)[0]).toBe(7)

    const impatient = spawn(process.execPath, [script, 'run', '-e', slow(10_000)], { detached: true })
    const pids = await started(impatient)
    const ended = once(impatient, 'exit')
    impatient.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 600))
    impatient.kill('SIGINT')
    expect((await ended)[0]).toBe(128 + 9)
    await gone(pids)
  },
)

test.runIf(process.platform !== 'win32')('a server does not outlive the shell that npm started', async () => {
  // Not the shell's last command: it would become that instead of waiting for it.
  const shell = spawn('sh', ['-c', '"$0" "$@"; true', process.execPath, script, 'run', '-e', server])
  const pids = await started(shell)
  shell.kill('SIGKILL')
  await gone(pids)
})

test.runIf(process.platform === 'linux')('a server does not outlive npm', async () => {
  const npm = spawn(
    process.execPath,
    [
      '-e',
      `require('node:child_process').spawn('sh', ['-c', '"$0" "$@"; true', ...process.argv.slice(1)], { stdio: 'inherit' })`,
      '--',
      process.execPath,
      script,
      'run',
      '-e',
      server,
    ],
    { env: { ...process.env, npm_lifecycle_event: 'start' } },
  )
  const pids = await started(npm)
  npm.kill('SIGKILL')
  await gone(pids)
})

test.runIf(process.platform !== 'win32')('a server does not outlive the runner', async () => {
  const runner = spawn(process.execPath, [script, 'run', '-e', server])
  const [pid = 0, helper = 0] = await started(runner)
  runner.kill('SIGKILL')
  await gone([pid])
  process.kill(helper)
})

test.runIf(process.platform !== 'win32')(
  'a terminal that is closed stops the server in good order',
  async () => {
    const runner = spawn(process.execPath, [script, 'run', '-e', server])
    await started(runner)
    const exited = once(runner, 'exit')
    runner.kill('SIGHUP')
    expect((await exited)[0]).toBe(7)
  },
)

async function started(child: ChildProcess): Promise<number[]> {
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return line.toString().trim().split(' ').map(Number)
}

/** Patient, because a killed orphan counts as there until the system's init has taken note. */
async function gone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(lives)).toEqual([])
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
