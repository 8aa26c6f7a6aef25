import { rooms } from '../../core/kind.ts'
import { protocol } from '../../core/protocol.ts'
import { nothing } from '../../wire/atoms.ts'
import { map } from '../../wire/map.ts'
import { uint } from '../../wire/numbers.ts'

/** The game that the place contract plays: a sum by seat, and every way to misbehave. */
export const abacus = protocol('abacus', 1, {
  state: { beats: uint, sums: map(uint, uint, 100) },
  mine: { id: uint },
  inputs: { add: uint, fail: nothing, crash: nothing, hang: nothing, exit: nothing, close: nothing },
  events: { added: uint },
})

let crash = ''

const kind = abacus.room(
  {
    create: () => ({ beats: 0, sums: new Map() }),
    mine: (_, seat) => ({ id: seat.id }),
    join: (room, seat) => room.state.sums.set(seat.id, 0),
    leave: (room, seat) => void room.state.sums.delete(seat.id),
    inputs: {
      add(room, seat, n) {
        room.state.sums.set(seat.id, room.state.sums.get(seat.id)! + n)
        room.broadcast('added', n)
      },
      fail() {
        throw new Error('a fault in a handler')
      },
      crash: (room) => void (crash = room.code),
      hang() {
        for (;;);
      },
      exit: () => process.exit(3),
      close: (room) => room.close(),
    },
    tick(room) {
      room.state.beats += 1
      if (crash !== room.code) return
      crash = ''
      throw new Error('a fault in tick')
    },
  },
  { hz: 50, save: { every: '100ms' }, holdSeat: '20s' },
)

export default rooms(import.meta.url, { kind })
