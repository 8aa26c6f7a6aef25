/* The small game of `bench/small`, and what does the same on ws. */
import { small } from '../../small/protocol.ts'
import type { Dialect } from '../dialects.ts'
import { player } from './wire.ts'

export const pressing: Dialect = {
  path: () => `/r/${small.name}`,
  talk(client) {
    const seat = player(client, small, {})
    return { ...seat, turn: (to) => seat.input(0, to) }
  },
}

/** ws: a message is one byte, a tick whatever comes. */
export const bare: Dialect = {
  path: () => '/',
  talk(client) {
    let there = false
    return {
      take() {
        const first = !there
        there = true
        return first ? 'in' : 'tick'
      },
      // As long as the INPUT of the other.
      turn: (to) => client.send(Uint8Array.of(2, 1, 1, 0, to)),
    }
  },
}
