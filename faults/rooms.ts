import { bytes, nothing, protocol, rooms, str, struct, uint } from 'hoopsnake'
import type { LatePolicy, Protocol, RoomKind, RoomOptions } from 'hoopsnake'
import { faulty, faultyEvents } from './faulty.ts'

/** How often the rooms of the campaigns tick. */
export const HZ = 50

const spec = {
  /** How many bytes change at every tick: 0 for a room that only counts. */
  options: { noise: uint },
  state: { beats: uint, skipped: uint, dilated: uint, marks: uint, noise: bytes(65_536) },
  inputs: { mark: nothing, say: str(200) },
  events: { marked: struct({ seat: uint, mark: uint }) },
}
export type Steady = Protocol<typeof spec>

/** A room that counts its ticks, and those it could not make. */
function steady(name: string, options: RoomOptions<Steady> = {}): { of: Steady; kind: RoomKind } {
  const of = protocol(name, 1, spec)
  const kind = of.room(
    {
      create: (_, { options: asked }) => ({
        beats: 0,
        skipped: 0,
        dilated: 0,
        marks: 0,
        noise: new Uint8Array(asked?.noise ?? 0),
      }),
      inputs: {
        mark(room, seat) {
          room.state.marks += 1
          room.broadcast('marked', { seat: seat.id, mark: room.state.marks })
        },
        say() {},
      },
      late(room, { skipped, dilated }) {
        room.state.skipped += skipped
        room.state.dilated += dilated
      },
      tick(room) {
        const { state } = room
        state.beats += 1
        if (state.noise.length > 0) state.noise = Uint8Array.from(state.noise, () => room.int(256))
      },
    },
    { hz: HZ, seats: 10_000, closeEmptyAfter: '2s', holdSeat: '30s', ...options },
  )
  return { of, kind }
}

const late = (policy: LatePolicy) => ({ late: policy })

export const calm = steady('calm')
export const skipping = steady('skipping', late('skip'))
export const slowing = steady('slowing', late('slow'))
export const failing = steady('failing', late('fail'))
/** As people play: in tens. */
export const small = steady('small', { hz: 10, seats: 10, holdSeat: '15s' })
/** As people play, where it is kept and comes back. Frames are few: thousands of clients share a core. */
export const tens = steady('tens', {
  hz: 10,
  send: 2,
  seats: 10,
  holdSeat: '30s',
  closeEmptyAfter: '30s',
  save: { every: '1s' },
})
export const kept = steady('kept', { save: { every: '100ms' }, hz: 20 })

const kinds = {
  calm: calm.kind,
  skipping: skipping.kind,
  slowing: slowing.kind,
  failing: failing.kind,
  small: small.kind,
  tens: tens.kind,
  kept: kept.kind,
  faulty: faulty.kind,
  faultyEvents: faultyEvents.kind,
}

export default rooms(import.meta.url, kinds)
