import type { Duration } from './clock.ts'
import { milliseconds } from './clock.ts'
import { codes } from './errors.ts'
import type { Reason } from './frames/hello.ts'
import type { AnyProtocol, Named } from './protocol.ts'
import type { Random } from './random.ts'
import type { Room, Seat, Services } from './rules.ts'

/** What a face shows: the behind, or in a test anything like it. */
export interface Behind {
  readonly protocol: AnyProtocol
  readonly code: string
  readonly hz: number
  readonly seats: ReadonlyMap<number, Seat>
  readonly random: Random
  readonly tick: number
  readonly state: object | undefined
  readonly hidden: object | undefined
}

/** What the face of a room does besides showing it. */
export interface Deeds {
  tell(only: Seat | undefined, event: number, value: unknown): void
  publish(message: number, value: unknown): void
  later(run: (services: Services) => Promise<unknown>, result: number): void
  close(reason: Reason): void
}

/** Makes what rules see of a room. */
export function createFace(behind: Behind, deeds: Deeds): Room<AnyProtocol> {
  const { protocol } = behind
  const eventNumber = (name: string): number => numberOf(protocol.events, name, 'event')
  return {
    code: behind.code,
    hz: behind.hz,
    seats: behind.seats,
    get tick() {
      return behind.tick
    },
    get state() {
      if (behind.state === undefined) throw new Error('room.state is not there yet: `create` makes it')
      return behind.state
    },
    get hidden() {
      if (behind.hidden === undefined) throw new Error('room.hidden is not there yet: `hidden` makes it')
      return behind.hidden
    },
    random: () => behind.random.next(),
    int: (below: number) => behind.random.int(below),
    after: (span: Duration) => behind.tick + Math.ceil((milliseconds(span) * behind.hz) / 1000),
    send: (seat: Seat, event: string, value?: unknown) => deeds.tell(seat, eventNumber(event), value),
    broadcast: (event: string, value?: unknown) => deeds.tell(undefined, eventNumber(event), value),
    publish: (message: string, value?: unknown) =>
      deeds.publish(numberOf(protocol.messages, message, 'message'), value),
    later: (work: (services: Services) => Promise<unknown>, result: string) =>
      deeds.later(work, numberOf(protocol.results, result, 'result')),
    close: (message = codes.ROOM_CLOSED) => deeds.close({ code: 'ROOM_CLOSED', message }),
  } as Room<AnyProtocol>
}

function numberOf(list: readonly Named[], name: string, what: string): number {
  const at = list.findIndex((named) => named.name === name)
  if (at < 0) {
    const known = list.map((named) => named.name).join(', ') || 'none'
    throw new Error(`the protocol has no ${what} '${name}'; it has: ${known}`)
  }
  return at
}
