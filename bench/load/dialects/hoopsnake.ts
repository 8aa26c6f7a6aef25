/* The bytes of PROTOCOL.md, in the game Snake. The witness is what the library's own client reads them with. */
import { Reader, Writer } from 'hoopsnake'
import { pit, type PitState } from '../../../games/snake/protocol.ts'
import { Replica } from '../../../packages/hoopsnake/src/client/replica.ts'
import { readReason, writeHello } from '../../../packages/hoopsnake/src/core/frames/hello.ts'
import { down, WIRE } from '../../../packages/hoopsnake/src/core/frames/kinds.ts'
import { writeConfirm, writeInput, writeLeave } from '../../../packages/hoopsnake/src/core/frames/play.ts'
import type { Client } from '../client.ts'
import type { Dialect, Direction, Heads, Talk, Witness } from '../dialects.ts'

const directions = ['up', 'right', 'down', 'left'] as const
const inputs = { turn: place('turn'), play: place('play') }
const join = bytes((w) => pit.join.write(w, { name: 'Load' }))

export const hoopsnake: Dialect = {
  path: () => `/r/${pit.name}`,
  talk,
  witness: () => Promise.resolve(witness()),
}

function talk(client: Client): Talk {
  let [seq, tick] = [0, 0]
  const input = (number: number, value: unknown): void => {
    client.send(bytes((w) => writeInput(w, pit.inputs, { seq: ++seq, input: number, value }, tick)))
  }
  const hello = {
    wire: WIRE,
    protocol: pit.name,
    hash: pit.hash,
    ticket: '',
    intent: 'join',
    ask: join,
  } as const
  client.send(bytes((w) => writeHello(w, hello)))
  return {
    take(payload) {
      switch (payload[0]) {
        case down.DELTA:
          tick = tickOf(payload)
          return 'tick'
        case down.FULL: {
          const first = tick === 0
          tick = tickOf(payload)
          if (!first) return 'tick'
          input(inputs.play, undefined)
          return 'in'
        }
        case down.REFUSED:
        case down.CLOSED: {
          const { code, message } = readReason(new Reader(payload.subarray(1)))
          throw new Error(`${code}: ${message}`)
        }
        default:
          return undefined
      }
    },
    turn: (to: Direction) => input(inputs.turn, directions[to]),
    beat: () => client.send(bytes((w) => writeConfirm(w, tick, performance.now()))),
    leave: () => client.send(bytes((w) => writeLeave(w))),
  }
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

/** Reads the tick of FULL or DELTA: the second uint behind the kind. */
function tickOf(frame: Uint8Array): number {
  let at = 1
  while (frame[at]! > 0x7f) at++
  let [tick, weight] = [0, 1]
  do {
    tick += (frame[++at]! & 0x7f) * weight
    weight *= 128
  } while (frame[at]! > 0x7f)
  return tick
}

function place(name: string): number {
  return pit.inputs.findIndex((input) => input.name === name)
}

function bytes(write: (w: Writer) => void): Uint8Array {
  const w = new Writer(64)
  write(w)
  return w.take()
}
