import { fileURLToPath } from 'node:url'
import { type Program, startProgram } from './program.ts'

/** What the server of the campaigns can be asked for: see `serve.ts`. */
export interface Asks {
  /** After garbage was collected: bytes of heap and buffers, and how much there is that keeps a process alive. */
  memory: { readonly heap: number; readonly buffers: number; readonly handles: number }
  /** Blocks the event loop for `value` ms. */
  block: undefined
  /** Moves the time of day by `value` ms. */
  jump: undefined
}

/** A server with the rooms of `rooms.ts`, in a process of its own that answers questions. */
export interface OwnServer extends Program {
  ask<K extends keyof Asks>(what: K, value?: number): Promise<Asks[K]>
}

export interface OwnOptions {
  /** Default 0: rooms run beside the sockets. */
  readonly threads?: number
  /** A file for the store. Default: nothing is kept. */
  readonly store?: string
  /** Sockets at once. Default 10,000. */
  readonly connections?: number
}

const program = fileURLToPath(new URL('./serve.ts', import.meta.url))

/** Starts the server of the campaigns on a free port. */
export async function startOwn(options: OwnOptions = {}): Promise<OwnServer> {
  const server = await startProgram(program, [JSON.stringify(options)], { execArgv: ['--expose-gc'] })
  const waiting = new Map<number, (answer: never) => void>()
  let asked = 0
  server.child.on('message', ({ id, answer }: { id: number; answer: never }) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
  })
  return {
    ...server,
    ask(what, value = 0) {
      const { promise, resolve } = Promise.withResolvers<never>()
      const id = asked++
      waiting.set(id, resolve)
      server.child.send({ id, what, value })
      return promise
    },
  }
}
