import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JobsModule } from '../../core/jobs.ts'
import type { Spawn } from './messages.ts'
import { defaultSize, fullPoolOptions, type PoolOptions } from './options.ts'
import { createPool, type JobPool } from './pool.ts'

/** What `jobProcesses` is told. */
export interface JobProcessesOptions extends PoolOptions {
  /** Jobs at once, 1 … 256. Default: one for each further core. */
  readonly processes?: number | undefined
}

/**
 * Runs the jobs of a module in child processes. They start at once, are replaced when they end, and never outlive this
 * process: not its exit, not a crash, not a SIGKILL.
 *
 * Each has memory of its own (some 60 MB), and a fault in native code ends only one of them.
 */
export function jobProcesses(module: JobsModule, options: JobProcessesOptions = {}): JobPool {
  const { processes = defaultSize(), ...others } = options
  return createPool(module, processesOf(module.url), fullPoolOptions(module, processes, others))
}

function processesOf(url: string): Spawn {
  // Of the same kind as this file: .ts where sources run, .js where the package is built.
  const file = fileURLToPath(
    new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  )
  return ({ heard, gone }) => {
    const child = fork(file, [url, String(process.pid)], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      ...withoutInspector(),
    })
    child.on('message', heard)
    // It could not be started; then there is no exit.
    child.on('error', (error) => child.pid === undefined && gone(error.message))
    child.on('exit', (code, signal) =>
      gone(`the process ended ${signal ? `by ${signal}` : `with code ${code}`}`),
    )
    return {
      // One that cannot be reached is about to exit, and is heard of then.
      tell: (ask) => child.send(ask, () => {}),
      end: () => child.kill('SIGKILL'),
      hold(on) {
        const method = on ? 'ref' : 'unref'
        child[method]()
        child.channel?.[method]()
      },
    }
  }
}

/** Leaves the flags of the debugger out: its port is taken already. */
function withoutInspector(): { execArgv?: string[] } {
  const execArgv = process.execArgv.filter((flag) => !flag.startsWith('--inspect'))
  return execArgv.length < process.execArgv.length ? { execArgv } : {}
}
