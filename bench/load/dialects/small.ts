/* The small game of `bench/small`, and what does the same on ws. */
import { small } from '../../small/protocol.ts'
import type { Dialect } from '../dialects.ts'
import { LENGTHS, player } from './wire.ts'

export const pressing: Dialect = {
  path: () => `/r/${small.name}`,
  talk(client) {
    const seat = player(client, small, {})
    return { ...seat, turn: (to) => seat.input(0, to) }
  },
}

/** ws: what is as long as a PONG is the answer to a beat, all else is a tick. */
export const bare: Dialect = {
  path: () => '/',
  talk(client) {
    let there = false
    return {
      take(payload) {
        if (payload.length === LENGTHS.pong) return undefined
        const first = !there
        there = true
        return first ? 'in' : 'tick'
      },
      // As long as INPUT and CONFIRM are.
      turn: (to) => client.send(Uint8Array.of(2, 1, 1, 0, to)),
      beat: () => client.send(new Uint8Array(LENGTHS.confirm)),
    }
  },
}
