import { fileURLToPath } from 'node:url'
import { type Program, type ProgramOptions, startProgram } from './program.ts'

export interface OwnOptions {
  /** Default 0: rooms run beside the sockets. */
  readonly threads?: number
  /** A file for the store. Default: nothing is kept. */
  readonly store?: string
  /** Default: any that is free. */
  readonly port?: number
}

const program = fileURLToPath(new URL('./serve.ts', import.meta.url))

/** Starts the server of the campaigns, with the rooms of `rooms.ts`, on a free port. */
export function startOwn(options: OwnOptions = {}, how: ProgramOptions = {}): Promise<Program> {
  return startProgram(program, [JSON.stringify(options)], how)
}
