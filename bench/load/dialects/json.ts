/* ws + JSON: `["full", [snake …]]`, then each tick `["tick", [snake …], [gone …]]`. A snake is `[id, x, y, direction, length]`. */
import type { Dialect, Heads, Witness } from '../dialects.ts'

type Snake = readonly [id: number, x: number, y: number, direction: number, length: number]
type Message = readonly [name: 'full' | 'tick', snakes: readonly Snake[], gone?: readonly number[]]

/** The first letter of the name, behind `["`. */
const NAME = 2
const [full, tick] = ['f'.charCodeAt(0), 't'.charCodeAt(0)]

export const json: Dialect = {
  path: () => '/',
  talk: (client) => ({
    take: (payload) => kindOf(payload[NAME]),
    turn: (to) => client.sendText(String(to)),
  }),
  witness: () => Promise.resolve(jsonWitness(0)),
}

/** Says what a message is by the first letter of its name. */
export function kindOf(letter: number | undefined): 'in' | 'tick' | undefined {
  return letter === tick ? 'tick' : letter === full ? 'in' : undefined
}

/** Reads such messages behind so many bytes of something else. */
export function jsonWitness(skip: number): Witness {
  const heads = new Map<number, [number, number]>()
  return {
    take(payload): Heads | undefined {
      if (kindOf(payload[skip + NAME]) === undefined) return undefined
      const text = Buffer.from(payload.subarray(skip)).toString()
      const [, snakes, gone = []] = JSON.parse(text) as Message
      for (const id of gone) heads.delete(id)
      for (const [id, x, y] of snakes) heads.set(id, [x, y])
      return new Map(heads)
    },
  }
}
