import { Misfit } from '../wire/errors.ts'
import { Writer } from '../wire/writer.ts'
import { Refused, wordsOf } from './errors.ts'
import { jobsWithin } from './jobs.ts'
import type { Named } from './protocol.ts'
import type { Outcome, Services } from './rules.ts'

/** Slow work of a room that may be under way at once. Beyond, it is refused and the room is told `BUSY`. */
const MAX_WORK = 64

/** The slow work of one room. */
export interface Work {
  start(work: { readonly run: (services: Services) => Promise<unknown>; readonly result: number }): void
  /** Aborts the signal; answers that come later are dropped. */
  stop(): void
}

/** Makes the slow work of a room. `mark` is told while a piece of it begins; `answer` takes each outcome, once, never in the turn of `start`. */
export function createWork(
  results: readonly Named[],
  services: Omit<Services, 'signal'>,
  mark: (running: boolean) => void,
  answer: (result: number, outcome: Outcome<unknown>) => void,
): Work {
  const abort = new AbortController()
  const within = { ...services, jobs: jobsWithin(services.jobs, abort.signal), signal: abort.signal }
  let running = 0
  const begin = (run: (services: Services) => Promise<unknown>): Promise<unknown> => {
    mark(true)
    try {
      return run(within)
    } finally {
      mark(false)
    }
  }
  return {
    start({ run, result }) {
      const full = running >= MAX_WORK
      running++
      const answered = full
        ? Promise.reject(new Refused('BUSY', `${MAX_WORK} pieces of work are under way`))
        : // In a turn of its own: its throw is a rejection, and it cannot hold up the flush.
          Promise.resolve().then(() => begin(run))
      void answered
        .then((value): Outcome<unknown> => fit(results[result]!, value), failure)
        .then((outcome) => {
          running--
          if (!abort.signal.aborted) answer(result, outcome)
        })
    },
    stop: () => abort.abort(),
  }
}

/** Holds an answer to the type its result has in the protocol. */
function fit({ name, type }: Named, value: unknown): Outcome<unknown> {
  try {
    return { ok: true, value: type.write(new Writer(), type.copy(value)) }
  } catch (error) {
    if (error instanceof Misfit) error.at(name)
    return failure(error)
  }
}

function failure(error: unknown): Outcome<never> {
  if (error instanceof Refused || error instanceof Misfit)
    return { ok: false, code: error.code, message: error.message }
  return { ok: false, code: 'FAILED', message: wordsOf(error) }
}
