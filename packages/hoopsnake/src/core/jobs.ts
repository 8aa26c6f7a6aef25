import type { Duration } from './clock.ts'
import { Refused } from './errors.ts'

/** Why a job did not come to an answer, as a Refused; besides these `STOPPING`. Rules read them as `outcome.code`. */
export const jobCodes = {
  NO_JOBS: 'This server runs no jobs: give it some, `serve({ jobs: jobThreads(myJobs) })`.',
  UNKNOWN_JOB: 'The jobs module has no job of that name.',
  QUEUE_FULL: 'Too many jobs are waiting for a worker; ask again later.',
  JOB_TIMEOUT: 'The job took too long and was ended.',
  JOB_CANCELLED: 'The job was called off.',
  JOB_FAILED: 'The job threw, its worker ended, or no worker could be started.',
} as const

/** Makes a refusal of a job. */
export function noJob(code: keyof typeof jobCodes, message: string = jobCodes[code]): Refused {
  return new Refused(code, message)
}

/**
 * A kind of heavy work by its name, with the types of what goes in and what comes out.
 *
 * Rules name it, a jobs module does it: so rules can be loaded where the work itself cannot, as in a browser.
 */
export interface Job<I, O> {
  readonly name: string
  /** Says how it is done. `run` may compute for as long as the time limit lets it: it has its worker to itself. */
  readonly does: (run: (input: I, context: JobContext) => O | Promise<O>) => Implementation
}

/** How a job is asked for. */
export interface JobOptions {
  /** How long it may run, from the moment a worker begins. Default: what the pool says. */
  readonly timeout?: Duration | undefined
  /** Calls it off. In slow work of a room, and in `load`, the room's own signal does so too. */
  readonly signal?: AbortSignal | undefined
}

/** Runs jobs somewhere off the tick. */
export interface Jobs {
  /**
   * Runs a job, once. `input` and output are copied, as by `structuredClone`: plain data, no functions, no classes.
   *
   * Rejects with a Refused, see `jobCodes`. What has failed is never tried again by itself.
   */
  run<I, O>(job: Job<I, O>, input: NoInfer<I>, options?: JobOptions): Promise<O>
}

/** What a job is given besides its input. */
export interface JobContext {
  /** Aborted when nobody wants the answer any more. A job that never awaits cannot see it, and is ended a moment later. */
  readonly signal: AbortSignal
}

/** A job, and how it is done. */
export interface Implementation {
  readonly name: string
  readonly run: (input: unknown, context: JobContext) => unknown
}

/** The jobs that workers can do, and the module they come from, so that workers can load them. */
export interface JobsModule {
  readonly url: string
  readonly jobs: ReadonlyMap<string, Implementation>
}

/** Names a job: `export const findPath = job<Look, Dir[]>('findPath')`. Throws TypeError on what is no name. */
export function job<I, O>(name: string): Job<I, O> {
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name)) {
    throw new TypeError(
      `'${name}' cannot name a job: use letters, digits, '_' and '-', beginning with a letter, e.g. 'findPath'`,
    )
  }
  return { name, does: (run) => ({ name, run: run as Implementation['run'] }) }
}

/** Gathers the jobs of a module: `export default jobs(import.meta.url, [findPath.does(…)])`. */
export function jobs(url: string, implementations: readonly Implementation[]): JobsModule {
  const byName = new Map<string, Implementation>()
  for (const one of implementations) {
    if (byName.has(one.name)) throw new TypeError(`the job '${one.name}' is implemented twice`)
    byName.set(one.name, one)
  }
  return { url, jobs: byName }
}

/** Makes the jobs of a server that has none: each is refused. */
export function noJobs(): Jobs {
  return {
    run: ({ name }) =>
      Promise.reject(noJob('NO_JOBS', `'${name}' was asked for, but ${firstLower(jobCodes.NO_JOBS)}`)),
  }
}

/** Makes jobs that end with a signal, on top of what else may end them. */
export function jobsWithin(given: Jobs, signal: AbortSignal): Jobs {
  return {
    run: (asked, input, options) =>
      given.run(asked, input, {
        ...options,
        signal: options?.signal === undefined ? signal : AbortSignal.any([signal, options.signal]),
      }),
  }
}

function firstLower(sentence: string): string {
  return sentence[0]!.toLowerCase() + sentence.slice(1)
}
