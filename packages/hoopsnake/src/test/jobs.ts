import { type Jobs, type JobsModule, noJob, noJobs } from '../core/jobs.ts'

/**
 * Makes jobs that run here, each in a turn of its own, with no limits: the same run for the same seed.
 *
 * Input and output are copied, as on the way to a worker and back.
 */
export function localJobs(module: JobsModule | undefined): Jobs {
  if (module === undefined) return noJobs()
  return {
    async run<I, O>(
      { name }: { readonly name: string },
      input: I,
      options?: { signal?: AbortSignal | undefined },
    ) {
      const found = module.jobs.get(name)
      if (found === undefined) throw noJob('UNKNOWN_JOB')
      const signal = options?.signal ?? new AbortController().signal
      if (signal.aborted) throw noJob('JOB_CANCELLED')
      try {
        return structuredClone(await found.run(structuredClone(input), { signal })) as O
      } catch (error) {
        throw noJob('JOB_FAILED', error instanceof Error ? error.message : String(error))
      }
    },
  }
}
