/*
 * The least that can be sent: every move in two bits.
 *
 * full    u8 1 · (u8 x · u8 y)*                         in the order in which they came; to all, whenever that changes
 * tick    u8 2 · u16 tick · (2 bits direction)*         low bits first
 * turn    u8 direction
 */
import type { Dialect, Heads, Witness } from '../dialects.ts'

const SIDE = 128
const steps = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const

export const limit: Dialect = {
  path: () => '/',
  talk(client) {
    let known = false
    return {
      take(payload) {
        const isTick = payload[0] === 2 || known
        known = true
        return isTick ? 'tick' : 'in'
      },
      turn: (to) => client.send(Uint8Array.of(to)),
    }
  },
  witness: () => Promise.resolve(witness()),
}

function witness(): Witness {
  let heads: (readonly [number, number])[] = []
  return {
    take(payload): Heads {
      if (payload[0] === 1) {
        heads = Array.from({ length: (payload.length - 1) / 2 }, (_, place) => [
          payload[1 + 2 * place]!,
          payload[2 + 2 * place]!,
        ])
      } else {
        heads = heads.map(([x, y], place) => {
          const [dx, dy] = steps[(payload[3 + (place >> 2)]! >> (2 * (place & 3))) & 3]!
          return [(x + dx + SIDE) % SIDE, (y + dy + SIDE) % SIDE]
        })
      }
      return new Map(heads.entries())
    },
  }
}
