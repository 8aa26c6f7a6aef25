/* What all games of hoopsnake have in common: the frames of PROTOCOL.md. */
import { Reader, Writer, type AnyProtocol, type JoinOf } from 'hoopsnake'
import { readReason, readWelcome, writeHello } from '../../../packages/hoopsnake/src/core/frames/hello.ts'
import { down, WIRE } from '../../../packages/hoopsnake/src/core/frames/kinds.ts'
import { writeConfirm, writeInput, writeLeave } from '../../../packages/hoopsnake/src/core/frames/play.ts'
import { readOwnHead } from '../../../packages/hoopsnake/src/core/frames/tick.ts'
import type { Client } from '../client.ts'
import type { Talk } from '../dialects.ts'

/** Bytes of a CONFIRM, and of an OWN that answers it: the servers that we are compared with are asked as much, and say as much. */
export const LENGTHS = { confirm: 11, pong: 29 } as const

/** Answers after which the clock is known. */
const SURE = 4

export interface Player extends Talk {
  /** Sends an input, by its number in the protocol. */
  input(number: number, value: unknown): void
  /** Code of its room; '' before WELCOME. */
  readonly room: string
}

/** Joins a game, or a room of its own that it creates, confirms what comes, and leaves. `ask` is what the join brings. */
export function player<P extends AnyProtocol>(
  client: Client,
  protocol: P,
  ask: JoinOf<P>,
  intent: 'join' | 'create' = 'join',
): Player {
  let [seq, tick, there, room] = [0, 0, false, '']
  // As `hoopsnake/client` does: an input confirms, and asks for the time every 2 s; CONFIRM does where no input comes.
  let [toldAt, askedAt, answers] = [-Infinity, -Infinity, 0]
  const join = bytes((w) => {
    // No options.
    if (intent === 'create') w.u8(0)
    protocol.join.write(w, ask)
  })
  const hello = { wire: WIRE, protocol: protocol.name, hash: protocol.hash, ticket: '' }
  client.send(bytes((w) => writeHello(w, { ...hello, intent, private: false, ask: join })))
  return {
    take(payload) {
      const kind = payload[0]
      if (kind === down.DELTA || kind === down.FULL) {
        tick = tickOf(payload)
        const first = !there
        there = true
        return first ? 'in' : 'tick'
      }
      if (answers < SURE && isAnswer(payload)) answers++
      if (kind === down.WELCOME) room = readWelcome(new Reader(payload.subarray(1))).room
      if (kind === down.WAIT) throw new Error('WAIT')
      if (kind !== down.REFUSED && kind !== down.CLOSED) return undefined
      const { code, message } = readReason(new Reader(payload.subarray(1)))
      throw new Error(`${code}: ${message}`)
    },
    get room() {
      return room
    },
    input(number, value) {
      const now = performance.now()
      const time = now - askedAt < 2000 ? undefined : now
      toldAt = now
      askedAt = time ?? askedAt
      const said = { confirmed: tick, time }
      client.send(bytes((w) => writeInput(w, protocol.inputs, { seq: ++seq, input: number, value }, said)))
    },
    beat() {
      const now = performance.now()
      if (answers >= SURE && now - toldAt < 500 && now - askedAt < 2500) return
      askedAt = now
      client.send(bytes((w) => writeConfirm(w, tick, now)))
    },
    leave: () => client.send(bytes(writeLeave)),
  }
}

function isAnswer(frame: Uint8Array): boolean {
  return frame[0] === down.PONG || readOwnHead(frame).answer !== undefined
}

/** Reads the tick of FULL or DELTA: the second uint behind the kind. By hand: it is done for every frame. */
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

function bytes(write: (w: Writer) => void): Uint8Array {
  const w = new Writer(64)
  write(w)
  return w.take()
}
