import { Refused } from '../../core/errors.ts'
import type { Arrival, Listing } from '../../core/link.ts'
import type { Log } from '../../core/log.ts'
import type { HostReport } from '../../core/telemetry.ts'
import type { ThreadReport } from '../metrics/thread.ts'
import type { Counts, PlaceGiven } from './place.ts'

/** What a thread of rooms is started with. */
export interface ThreadData {
  /** Module whose default export is `rooms(…)`. */
  readonly url: string
  /** This thread and how many there are: a room belongs to the thread that its code names. */
  readonly index: number
  readonly threads: number
  readonly maxRooms: number
  /** What tokens are signed with, the newest key first. */
  readonly keys: readonly string[]
  /** Whether the server has jobs. */
  readonly jobs: boolean
  readonly precise: boolean
  /** Codes of rooms that may not be opened again: they have brought threads down. */
  readonly banned: readonly string[]
  /** Shared: says whose rules run, see `running.ts`. */
  readonly running: Uint8Array<SharedArrayBuffer>
}

/** What the gateway's thread tells a thread of rooms. `id` is a connection, `call` comes back with the answer. */
export type Down =
  | { readonly do: 'connect'; readonly id: number; readonly arrival: Arrival }
  | { readonly do: 'receive'; readonly id: number; readonly frame: Uint8Array }
  | { readonly do: 'lost'; readonly id: number }
  /** Bytes that wait in sockets: all that are not 0, and those that were not 0 the last time. */
  | { readonly do: 'queued'; readonly bytes: readonly (readonly [id: number, bytes: number])[] }
  | { readonly do: 'list'; readonly call: number; readonly protocol: string }
  | ({ readonly do: 'answered'; readonly call: number } & Answer)
  /** A message of the bus, on a topic that the thread subscribed to. */
  | { readonly do: 'heard'; readonly topic: string; readonly message: Uint8Array }
  | { readonly do: 'ping' }
  | { readonly do: 'stop' }

/** How a call ended. */
export type Answer =
  | { readonly value: unknown }
  /** A Refused, taken apart: classes do not cross. */
  | { readonly refused: { readonly code: string; readonly message: string } }
  | { readonly error: unknown }

/** Waits for a promise, and says how it ended. */
export async function answer(promise: Promise<unknown>): Promise<Answer> {
  try {
    return { value: await promise }
  } catch (error) {
    return error instanceof Refused ? { refused: { code: error.code, message: error.message } } : { error }
  }
}

/** Ends a promise as the call on the other side ended. */
export function settle(
  told: Answer,
  waiting: Pick<PromiseWithResolvers<unknown>, 'resolve' | 'reject'>,
): void {
  if ('value' in told) waiting.resolve(told.value)
  else waiting.reject('refused' in told ? new Refused(told.refused.code, told.refused.message) : told.error)
}

/** One frame for one connection or many: `own` comes before it, for those who have one. */
export interface Write {
  readonly do: 'write'
  readonly frame: Uint8Array
  readonly to: number[]
  readonly own: (Uint8Array | undefined)[]
}

/** What of the server a thread of rooms may call. */
export type Services = Pick<PlaceGiven, 'store' | 'bus' | 'jobs'>

/** What a thread of rooms tells the gateway's thread. */
export type Up =
  | Write
  | { readonly do: 'close'; readonly id: number; readonly code: number; readonly reason: string }
  | { readonly do: 'ready' }
  | ({ readonly do: 'listed'; readonly call: number } & Answer)
  /** A call of something that is on the side of the gateway. */
  | {
      readonly do: 'call'
      readonly call: number
      readonly on: keyof Services
      readonly method: string
      readonly args: readonly unknown[]
    }
  /** Nobody waits for the answer of that call any more. */
  | { readonly do: 'callOff'; readonly call: number }
  | { readonly do: 'publish'; readonly topic: string; readonly message: Uint8Array }
  | { readonly do: 'subscribe'; readonly topic: string }
  | {
      readonly do: 'log'
      readonly level: Parameters<Log>[0]
      readonly message: string
      readonly fields: Parameters<Log>[2]
    }
  | {
      readonly do: 'pong'
      readonly counts: Counts
      readonly listed: ReadonlyMap<string, readonly Listing[]>
      readonly report: HostReport & { readonly self: ThreadReport }
    }
  | { readonly do: 'stopped' }

/** Says which of so many threads a room belongs to: by its code alone, so that nobody has to remember. */
export function threadOf(code: string, threads: number): number {
  let sum = 0
  for (const letter of code.toUpperCase()) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521
  return sum % threads
}
