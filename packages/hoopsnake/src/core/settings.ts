import { milliseconds } from './clock.ts'
import type { LatePolicy, RoomKind } from './kind.ts'
import { type Rate, whyNoRate } from './limits.ts'
import type { Data } from './protocol.ts'

/** How long the answer to a CONFIRM may wait for a frame to go with, in ms: it then costs no write of its own. */
const PATIENCE = 100

/** The options of a kind of room, checked, in milliseconds, every default filled in. */
export interface Settings {
  readonly hz: number | 'events'
  /** What rules see as `room.hz`: in a room that ticks on events, ticks are milliseconds. */
  readonly ruleHz: number
  readonly late: LatePolicy
  readonly ticksPerFrame: number
  /** Whether frames come so soon after one another that the next takes the answer to a CONFIRM along. */
  readonly takesAlong: boolean
  readonly seats: number
  readonly watchers: number
  /** Entries the inbox takes. */
  readonly inbox: number
  readonly idle: (state: Data) => boolean
  readonly deadline: (state: Data) => number | undefined
  readonly always: boolean
  readonly closeEmptyAfter: number
  readonly holdSeat: number
  /** undefined: never. */
  readonly saveEvery: number | undefined
  readonly inputs: Rate
}

/** Checks the options of a kind of room. Throws RangeError that shows the right form. */
export function settingsOf({ options, protocol }: RoomKind): Settings {
  const wrong = (what: string): RangeError => new RangeError(`room '${protocol.name}': ${what}`)
  const { hz = 20, late = { catchUp: 4 }, seats = 16, watchers = 1000 } = options
  if (hz !== 'events' && !(hz > 0 && hz <= 1000))
    throw wrong(`hz: ${hz}; give ticks per second, at most 1000, or 'events'`)
  if (!Number.isInteger(seats) || seats < 1 || seats > 10_000) throw wrong(`seats: ${seats}; give 1 … 10000`)
  if (!Number.isInteger(watchers) || watchers < 0)
    throw wrong(`watchers: ${watchers}; give a whole number from 0`)
  const perTick = hz === 'events' ? 10 : hz
  const ticksPerFrame = hz === 'events' || options.send === undefined ? 1 : hz / options.send
  if (!Number.isInteger(ticksPerFrame) || ticksPerFrame < 1) {
    throw wrong(`send: ${options.send}; give a divisor of hz (${hz}), e.g. ${perTick / 2}`)
  }
  const rate = Math.max(20, 2 * perTick)
  const inputs = options.inputs ?? { perSecond: rate, burst: 2 * rate }
  const noRate = whyNoRate(inputs)
  if (noRate !== undefined) throw wrong(`inputs.${noRate}`)
  return {
    hz,
    ruleHz: hz === 'events' ? 1000 : hz,
    late,
    ticksPerFrame,
    takesAlong: hz !== 'events' && (1000 * ticksPerFrame) / hz <= PATIENCE,
    seats,
    watchers,
    inbox: 1024 + 64 * seats,
    idle: options.idle ?? (() => false),
    deadline: options.deadline ?? (() => undefined),
    always: options.always ?? false,
    closeEmptyAfter: milliseconds(options.closeEmptyAfter ?? '30s'),
    holdSeat: milliseconds(options.holdSeat ?? '30s'),
    saveEvery: options.save && milliseconds(options.save.every),
    inputs,
  }
}
