/* The game Snake. The witness is what the library's own client reads frames with. */
import { Reader } from 'hoopsnake'
import { pit, type PitState } from '../../../games/snake/protocol.ts'
import { Replica } from '../../../packages/hoopsnake/src/client/replica.ts'
import { down } from '../../../packages/hoopsnake/src/core/frames/kinds.ts'
import type { Dialect, Heads, Witness } from '../dialects.ts'
import { player } from './wire.ts'

const directions = ['up', 'right', 'down', 'left'] as const
const [turn, play] = [place('turn'), place('play')]

export const hoopsnake: Dialect = {
  path: () => `/r/${pit.name}`,
  talk(client) {
    const seat = player(client, pit, { name: 'Load' })
    return {
      ...seat,
      take(payload) {
        const what = seat.take(payload)
        if (what === 'in') seat.input(play, undefined)
        return what
      },
      turn: (to) => seat.input(turn, directions[to]),
    }
  },
  witness: () => Promise.resolve(witness()),
}

function witness(): Witness {
  const replica = new Replica(pit)
  return {
    take(payload) {
      const kind = payload[0]!
      if (kind !== down.FULL && kind !== down.DELTA && kind !== down.OWN) return undefined
      const commit = replica.take(kind, new Reader(payload.subarray(1)))
      if (commit === 'lost') throw new Error('the witness cannot read a frame')
      return commit === 'waiting' || !commit.state ? undefined : headsIn(replica.state as PitState)
    },
  }
}

function headsIn({ snakes }: PitState): Heads {
  return new Map([...snakes].map(([seat, { x, y }]) => [seat, [x, y] as const]))
}

function place(name: string): number {
  return pit.inputs.findIndex((input) => input.name === name)
}
