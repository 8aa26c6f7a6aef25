import type { Bus } from '../../core/bus.ts'
import type { Clock } from '../../core/clock.ts'
import type { JobPool } from '../jobs/pool.ts'
import type { Counts, RunningPlace } from '../place/place.ts'
import { watchHealth } from './health.ts'
import { metricsOf } from './metrics.ts'
import { textOf } from './text.ts'
import { watchThread } from './thread.ts'
import type { Traffic } from './traffic.ts'

/** What is given to whom operators ask. */
export interface OperationGiven {
  readonly clock: Clock
  readonly place: Pick<RunningPlace, 'counts' | 'reports'>
  readonly jobs: Pick<JobPool, 'counts'> | undefined
  readonly bus: Pick<Bus, 'counts' | 'status'>
  readonly limits: { readonly connections: number; readonly rooms: number }
  readonly traffic: Traffic
  /** Entries of the log so far, by level. */
  readonly logged: Readonly<Record<string, number>>
}

/** How the gateway is. */
export interface Gate {
  readonly connections: number
  readonly phase: 'open' | 'draining' | 'stopping'
}

/** The answer of `/healthz`. */
export interface HealthAnswer extends Counts {
  /** Whether ticks advance and bytes flow. */
  readonly ok: boolean
  /** What is wrong, in words. */
  readonly wrong: readonly string[]
  readonly connections: number
}

/** The answer of `/readyz`. */
export interface ReadyAnswer {
  /** Whether new players are welcome. */
  readonly ready: boolean
  readonly why?: 'draining' | 'stopping' | 'full' | 'unhealthy'
}

/** What operators and their machines ask of a server. */
export interface Operation {
  health(gate: Gate): HealthAnswer
  ready(gate: Gate): ReadyAnswer
  /** Gives the text of `/metrics`. */
  metrics(gate: Gate): string
  stop(): void
}

/** Begins to watch a server. */
export function createOperation(given: OperationGiven): Operation {
  const { clock, place, jobs, bus, limits } = given
  const health = watchHealth(clock, () => place.reports)
  const main = watchThread(clock)
  const ready = ({ connections, phase }: Gate): ReadyAnswer => {
    if (phase !== 'open') return { ready: false, why: phase }
    if (connections >= limits.connections || place.counts.rooms >= limits.rooms)
      return { ready: false, why: 'full' }
    return health.wrong.length > 0 ? { ready: false, why: 'unhealthy' } : { ready: true }
  }
  return {
    health({ connections }) {
      const { wrong } = health
      return { ok: wrong.length === 0, wrong, connections, ...place.counts }
    },
    ready,
    metrics: (gate) =>
      textOf(
        metricsOf({
          ...given,
          connections: gate.connections,
          rooms: place.reports,
          main: main.report,
          healthy: health.wrong.length === 0,
          ready: ready(gate).ready,
          jobs: jobs?.counts,
          bus: bus.counts,
          busUp: bus.status === 'up',
        }),
      ),
    stop() {
      health.stop()
      main.stop()
    },
  }
}
