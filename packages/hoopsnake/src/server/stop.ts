import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createEnding } from '../core/task.ts'
import type { Gateway } from './gateway/gateway.ts'
import type { FullLimits } from './gateway/limits.ts'
import type { Counts } from './place/place.ts'

/** One step of a stop, in words for the log. */
export interface Step {
  readonly name: string
  readonly run: () => unknown
}

/**
 * Runs the steps one after another, at most `within` ms in all, and then goes on with those that are left without
 * waiting. A step that fails does not keep the others from running. Resolves with what went wrong, in order.
 */
export async function runSteps(clock: Clock, within: number, steps: readonly Step[]): Promise<Error[]> {
  const wrong: Error[] = []
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const cancel = clock.at(clock.now() + within, () => resolve('late'))
  let waiting = true
  for (const { name, run } of steps) {
    const ran = (async () => {
      await run()
    })().catch((error: unknown) => void wrong.push(new Error(`${name} failed`, { cause: error })))
    if (!waiting) continue
    if ((await Promise.race([ran, late])) === 'late') {
      waiting = false
      wrong.push(new Error(`${name} took longer than ${within} ms; it was not waited for`))
    }
  }
  cancel()
  return wrong
}

/** What a stop is given. */
export interface StopGiven {
  readonly clock: Clock
  readonly log: Log
  readonly limits: Pick<FullLimits, 'stop'>
  readonly gateway: Pick<Gateway, 'connections' | 'drain' | 'refuse'>
  readonly counts: () => Counts
  readonly steps: readonly Step[]
}

/** The stop of a server, which happens once. */
export interface Stop {
  /** Resolves when the server has stopped; rejects if it failed, or a step of the stop did. */
  readonly done: Promise<void>
  /** Stops, after a drain of so many ms; `failure` is why, if it is no wish. Asked again, it may end the drain: 0. */
  stop(drain: number, failure?: Error): void
}

/** Makes the stop of a server. */
export function createStop({ clock, log, limits, gateway, counts, steps }: StopGiven): Stop {
  const ending = createEnding()
  let stopping = false
  async function run(drain: number, failure: Error | undefined): Promise<void> {
    const { connections } = gateway
    if (drain > 0 && connections > 0) {
      log('info', 'draining', { ms: drain, connections, ...counts() })
      await gateway.drain(drain)
    }
    gateway.refuse()
    log('info', 'stopping', { connections: gateway.connections, ...counts() })
    const wrong = await runSteps(clock, limits.stop, steps)
    for (const error of wrong) log('error', error.message, { error: error.cause })
    const all = failure === undefined ? wrong : [failure, ...wrong]
    if (all.length > 1) ending.fail(new AggregateError(all, all.map(({ message }) => message).join('; ')))
    else if (all.length === 1) ending.fail(all[0])
    else ending.end()
    log('info', 'stopped')
  }
  return {
    done: ending.done,
    stop(drain, failure) {
      if (stopping) {
        if (drain === 0) gateway.refuse()
        return
      }
      stopping = true
      void run(drain, failure)
    },
  }
}
