import { deserialize, serialize } from 'node:v8'
import { type Job, type JobOptions, type Jobs, noJob } from '../../core/jobs.ts'

/*
 * Inputs and outputs travel as bytes: written once where they come from, read once where they are wanted. The threads
 * and processes in between, the one with the sockets above all, hand on bytes and look into nothing.
 */

/** Runs a job by its name, from bytes to bytes. */
export type CallJob = (name: string, input: Uint8Array, options?: JobOptions) => Promise<Uint8Array>

/** Makes jobs of a way to call packed ones. */
export function jobsBy(call: CallJob): Jobs {
  return {
    async run<I, O>({ name }: Job<I, O>, input: I, options?: JobOptions): Promise<O> {
      return unpack(await call(name, packInput(name, input), options)) as O
    },
  }
}

/** Writes plain data. Throws on functions, symbols and what else cannot be copied. */
export function pack(value: unknown): Uint8Array {
  return serialize(value)
}

/** Reads plain data. */
export function unpack(bytes: Uint8Array): unknown {
  return deserialize(bytes)
}

function packInput(name: string, input: unknown): Uint8Array {
  try {
    return pack(input)
  } catch (error) {
    throw noJob(
      'JOB_FAILED',
      `the input of '${name}' cannot be copied to a worker: ${(error as Error).message} Give plain data.`,
    )
  }
}
