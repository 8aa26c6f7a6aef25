import type { VirtualClock } from '../core/clock.ts'
import type { Host } from '../core/host.ts'
import { memoryBus } from '../core/bus.ts'
import { createHost } from '../core/host.ts'
import type { JobsModule } from '../core/jobs.ts'
import type { RoomKind } from '../core/kind.ts'
import { rooms } from '../core/kind.ts'
import { createRandom } from '../core/random.ts'
import type { Store } from '../core/store.ts'
import { createSeal } from '../server/seal.ts'
import type { MachineClock } from './clock.ts'
import { machineClock } from './clock.ts'
import { localJobs } from './jobs.ts'

/** Something that a server had to say. */
export interface Logged {
  readonly level: string
  readonly message: string
  readonly fields: unknown
}

/** The machine that a simulated server runs on. */
export interface ServerMachine {
  /** The server that runs now. */
  readonly host: Host
  /** Warnings and errors, of all servers that ran here. */
  readonly logged: Logged[]
  /** Stops the machine in the middle of whatever it does. */
  kill(): void
  stall(ms: number): void
  /** Hands something to the server: now, or when it stands still no longer. */
  run(act: () => void): void
  /** Kills what runs, and starts another server over the same store. */
  startAgain(): Promise<void>
}

/** Starts a server. `woke` is called after whatever it does at a time. */
export function startServer(
  kind: RoomKind,
  given: { clock: VirtualClock; seed: number; store: Store; jobs: JobsModule | undefined; woke: () => void },
): ServerMachine {
  const logged: Logged[] = []
  const secrets = createRandom(given.seed)
  let own: MachineClock
  let host: Host
  const start = (): void => {
    own = machineClock(given.clock, given.woke)
    host = createHost({
      rooms: rooms('simulated:', { room: kind }),
      clock: own,
      entropy: () => Math.floor(secrets.next() * 2 ** 32),
      seal: createSeal(['of this simulation'], () => given.clock.now() / 1000),
      store: given.store,
      jobs: localJobs(given.jobs),
      bus: memoryBus({ clock: own, log: () => {} }),
      log(level, message, fields) {
        if (level === 'warn' || level === 'error') logged.push({ level, message, fields })
      },
    })
  }
  start()
  return {
    get host() {
      return host
    },
    logged,
    kill: () => own.kill(),
    stall: (ms) => own.stall(ms),
    run: (act) => own.run(act),
    startAgain() {
      own.kill()
      start()
      return host.restore()
    },
  }
}
