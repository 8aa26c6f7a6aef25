import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { JobsModule } from '../../core/jobs.ts'
import type { Ask, Told } from './messages.ts'
import { pack, unpack } from './packed.ts'

/*
 * A worker of a pool: a thread, or a process of its own. It does one job at a time and knows nothing else.
 *
 * Of a process: argv = the url of the jobs module, the pid of the parent.
 */

const [url, parent] =
  parentPort === null ? process.argv.slice(2) : [(workerData as { readonly url: string }).url]

/** The job under way. */
let running: { readonly call: number; readonly abort: AbortController } | undefined

function say(told: Told): void {
  if (parentPort !== null) parentPort.postMessage(told)
  // A parent that is gone hears nothing; this process then ends too.
  else process.send!(told, undefined, undefined, () => {})
}

async function run(module: JobsModule, { call, name, input }: Ask & { do: 'run' }): Promise<void> {
  const abort = new AbortController()
  running = { call, abort }
  try {
    const output = await module.jobs.get(name)!.run(unpack(input), { signal: abort.signal })
    say({ do: 'done', call, output: packOutput(output) })
  } catch (error) {
    say({ do: 'failed', call, why: error instanceof Error ? error.message : String(error) })
  }
}

function packOutput(output: unknown): Uint8Array {
  try {
    return pack(output)
  } catch (error) {
    throw new Error(`its answer cannot be copied: ${(error as Error).message} Return plain data.`, {
      cause: error,
    })
  }
}

/** Binds the life of this process to its parent's, however that ends and whatever a job does meanwhile. */
function watchParent(): void {
  // Control-C and a supervisor's SIGTERM reach the whole group: the parent decides what becomes of its workers.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  process.on('disconnect', () => process.exit())
  // A job that never returns hears of no disconnect.
  const file = new URL(`./watchdog${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  new Worker(file, { workerData: { parent: Number(parent) }, execArgv: [], name: 'watchdog' }).unref()
}

async function load(): Promise<JobsModule> {
  const { default: module } = (await import(url!)) as { default?: JobsModule }
  if (module?.jobs instanceof Map) return module
  throw new TypeError(`${url} has no default export made by jobs(import.meta.url, [ … ])`)
}

if (parentPort === null) watchParent()
try {
  const module = await load()
  const hear = (ask: Ask): void => {
    if (ask.do === 'run') void run(module, ask)
    else if (ask.call === running?.call) running.abort.abort()
  }
  if (parentPort !== null) parentPort.on('message', hear)
  else process.on('message', hear)
  say({ do: 'ready' })
} catch (error) {
  say({ do: 'unusable', why: error instanceof Error ? error.message : String(error) })
}
