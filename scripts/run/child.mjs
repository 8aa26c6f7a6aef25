// Runs one child and leaves nothing behind. npm and sh pass no signals on, so that `kill` on npm would orphan
// a server: therefore we forward signals ourselves and watch whether our parent is still there.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname } from 'node:path'

const windows = process.platform === 'win32'
const patience = 15_000 // ms a child has to wind up after the first signal; a server cuts what is left after 10 s
const together = 500 // ms within which signals are one request: Ctrl-C reaches us from the terminal and from npm

/** Runs `program` to its end and gives its exit code. */
export function run(program, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      stdio: 'inherit',
      // A group of its own: what the child leaves running can then be ended with it.
      detached: !windows,
      shell: program.endsWith('.cmd'),
      env: { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH ?? ''}` },
    })
    const stopWatching = watch(child)
    child.on('error', (error) => {
      stopWatching()
      reject(new Error(`Could not start ${program}: ${error.message}.`))
    })
    child.on('exit', (code, signal) => {
      stopWatching()
      killGroup(child)
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}

function watch(child) {
  let asked
  let deadline
  const end = (signal) => {
    // The second request is an impatient one.
    if (asked !== undefined) return performance.now() - asked < together ? undefined : killGroup(child)
    asked = performance.now()
    // A terminal that was closed is a reason to stop in good order.
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    deadline = setTimeout(() => killGroup(child), patience)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, end)
  const parents = above()
  const orphaned = setInterval(() => above() !== parents && asked === undefined && end('SIGTERM'), 250)
  return () => {
    clearTimeout(deadline)
    clearInterval(orphaned)
    for (const signal of signals) process.off(signal, end)
  }
}

/** Names who we belong to: our parent and, if that is but the shell of npm, npm itself. */
function above() {
  const parent = process.ppid
  if (process.env.npm_lifecycle_event === undefined) return `${parent}`
  try {
    // Linux only: pid (name) state ppid …
    const [, name, grandparent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${parent}/stat`, 'latin1'))
    return /^(ba|da)?sh$/.test(name) ? `${parent} ${grandparent}` : `${parent}`
  } catch {
    return `${parent}`
  }
}

function killGroup(child) {
  try {
    if (windows) child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // Nothing of it is left: just what we want.
  }
}
