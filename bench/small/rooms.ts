import { rooms, type Rules } from 'hoopsnake'
import { small } from './protocol.ts'

/** What a bench wants of it: seats in a room, bytes of noise per tick, and whether it sleeps as long as nobody presses. */
const { SMALL_SEATS = '10000', SMALL_NOISE = '0', SMALL_SLEEPS } = process.env
const noises = [1, 2].map((value) => new Uint8Array(Number(SMALL_NOISE)).fill(value))

const rules: Rules<typeof small> = {
  create: () => ({ presses: 0, things: new Map(), noise: noises[0]! }),
  join() {},
  inputs: {
    press({ state }, _seat, value) {
      state.presses += value
    },
  },
  tick(room) {
    const { things } = room.state
    for (const thing of things.values()) thing.x = (thing.x + 1) & 0xffff
    things.set(room.tick, { x: room.int(1000) })
    things.delete(room.tick - 50)
    room.state.noise = noises[room.tick & 1]!
  },
}

export default rooms(import.meta.url, {
  small: small.room(rules, {
    hz: 20,
    seats: Number(SMALL_SEATS),
    closeEmptyAfter: '2s',
    idle: () => SMALL_SLEEPS !== undefined,
  }),
})
