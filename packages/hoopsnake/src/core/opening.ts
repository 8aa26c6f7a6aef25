import { readCheckpoint } from './checkpoint.ts'
import type { Bus } from './bus.ts'
import type { Clock } from './clock.ts'
import { Crash } from './errors.ts'
import type { Jobs } from './jobs.ts'
import { jobsWithin, noJobs } from './jobs.ts'
import type { RoomKind } from './kind.ts'
import { Machine } from './machine.ts'
import type { Data } from './protocol.ts'
import { createRandom } from './random.ts'
import type { Settings } from './settings.ts'
import type { Store } from './store.ts'
import type { Telemetry } from './telemetry.ts'
import type { Unheard } from './unheard.ts'
import { leftTo, nothingUnheard } from './unheard.ts'

/** What rooms are opened with. */
export interface OpeningGiven {
  readonly clock: Clock
  /** Unguessable 32-bit numbers, for room codes, tokens and seeds. */
  readonly entropy: () => number
  readonly store: Store
  readonly bus: Pick<Bus, 'publish' | 'request' | 'subscribe'>
  /** Default: none. */
  readonly jobs?: Jobs | undefined
  /** Told whose rules begin to run, and '' when they end: a watchdog can then name the room that never ends. */
  readonly mark?: (code: string) => void
}

/** A kind of room with its options checked. */
export interface Kind {
  readonly kind: RoomKind
  readonly settings: Settings
  readonly telemetry: Telemetry
}

/** A room that begins: its machine, and what is known of it besides. */
export interface Opened {
  readonly machine: Machine
  readonly private: boolean
  /** Id of the next seat. */
  readonly nextSeat: number
  /** What the life of the room before left. */
  readonly unheard: Unheard
}

/** What a new room is to be. */
export interface NewRoom {
  readonly private: boolean
  /** What its creator chose. */
  readonly options: Data | undefined
}

/** `load` must answer within so many ms. */
const LOAD_WITHIN = 10_000

/** Makes a new room: `load`, then `hidden` and `create`. Rejects with Crash. */
export async function openNew(given: OpeningGiven, of: Kind, code: string, facts: NewRoom): Promise<Opened> {
  const { options } = facts
  const loaded = await load(given, of.kind, code, options)
  const random = createRandom(given.entropy())
  const beginning = { code, epoch: 1, tick: 0, random, hz: of.settings.ruleHz }
  const machine = marked(given, code, () => new Machine(of.kind, beginning, { loaded, options }))
  return { machine, private: facts.private, nextSeat: 1, unheard: nothingUnheard(machine) }
}

/**
 * Makes a room as a checkpoint says, in an epoch after `epoch`. Throws Crash, and Malformed where the bytes are none of
 * this game.
 */
export function openSaved(
  given: OpeningGiven,
  of: Kind,
  code: string,
  from: { readonly bytes: Uint8Array; readonly epoch: number },
): Opened {
  const kick = (id: number, message: string): void => machine.kick(id, message)
  const saved = readCheckpoint(from.bytes, of.kind.protocol, kick)
  const beginning = {
    code,
    epoch: Math.max(from.epoch, saved.epoch) + 1,
    tick: saved.tick,
    random: createRandom(saved.chance),
    hz: of.settings.ruleHz,
  }
  const machine: Machine = marked(given, code, () => new Machine(of.kind, beginning, saved))
  return {
    machine,
    private: saved.private,
    nextSeat: saved.nextSeat,
    unheard: leftTo(machine, saved.unheard),
  }
}

/** Runs `load`, which may not take for ever. */
function load(
  given: OpeningGiven,
  kind: RoomKind,
  code: string,
  options: Data | undefined,
): Promise<unknown> {
  const { clock, store, bus, jobs = noJobs() } = given
  const { load: run } = kind.options
  if (run === undefined) return Promise.resolve(undefined)
  const abort = new AbortController()
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const callOff = clock.at(clock.now() + LOAD_WITHIN, () => {
    abort.abort()
    reject(new Crash('load', new Error(`took more than ${LOAD_WITHIN} ms`)))
  })
  const within = jobsWithin(jobs, abort.signal)
  // In a turn of its own: what it throws at once is a rejection too.
  Promise.resolve()
    .then(() => marked(given, code, () => run({ store, bus, jobs: within, signal: abort.signal }, options)))
    .then(resolve, (error) => reject(new Crash('load', error)))
  return promise.finally(callOff)
}

/** Lets rules of a room run. */
function marked<T>({ mark }: OpeningGiven, code: string, run: () => T): T {
  mark?.(code)
  try {
    return run()
  } finally {
    mark?.('')
  }
}
