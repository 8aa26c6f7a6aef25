import { readWelcome } from '../../core/frames/hello.ts'
import { down } from '../../core/frames/kinds.ts'
import { type Pong, readPong, readUp, writePong } from '../../core/frames/play.ts'
import { readOwnHead, readStamp } from '../../core/frames/tick.ts'
import type { Arrival } from '../../core/link.ts'
import type { Pipe } from '../../core/pipe.ts'
import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'

/** One client, as the thread with the sockets knows it. */
export interface Client {
  readonly id: number
  readonly pipe: Pipe
  arrival: Arrival
  readonly crew: number
  /** The newest tick that it was sent, in whichever life of its room. */
  tick: number
  /** Sequences of the last input that it sent, and of the last that it was told is consumed. */
  sent: number
  acked: number
  /** The last answer it was given to a question for the time. */
  pong: Pong | undefined
  /** Whether its thread was told of bytes that wait. */
  waiting: boolean
  /** How many threads ended over its dial; undefined once it was let in. */
  failures: number | undefined
}

/** Notes of what a client is told, by the frame that is its own if there is one, what outlives its thread. */
export function note(client: Client, frame: Uint8Array): void {
  const kind = frame[0]
  if (kind === down.WELCOME) remember(client, frame)
  else if (kind === down.PONG) client.pong = readPong(new Reader(frame.subarray(1)))
  else if (kind === down.OWN) {
    const { ack = client.acked, answer = client.pong } = readOwnHead(frame)
    client.acked = ack
    client.pong = answer
  }
}

/** Reads the tick of the state in a frame; 0 where there is none. */
export function tickOf(frame: Uint8Array): number {
  const kind = frame[0]
  return kind === down.DELTA || kind === down.FULL ? readStamp(new Reader(frame.subarray(1))).tick : 0
}

/** Gives the arrival of a client whose thread has ended: it is brought back without having dialled. */
export function arrivalAgain({ arrival, tick }: Client): Arrival {
  const { hello } = arrival
  return hello.intent === 'resume' && hello.epoch === 0 ? { ...arrival, hello: { ...hello, tick } } : arrival
}

/** Notes who a client is in its room, so that it can be brought back there: the arrival of one that dials again. */
function remember(client: Client, frame: Uint8Array): void {
  client.failures = undefined
  const { room, seat, token, ack } = readWelcome(new Reader(frame.subarray(1)))
  const { wire, protocol, hash, ticket } = client.arrival.hello
  const head = { wire, protocol, hash, ticket }
  const hello =
    seat === 0
      ? ({ ...head, intent: 'watch' } as const)
      : ({ ...head, intent: 'resume', token, epoch: 0, tick: 0 } as const)
  client.arrival = { ...client.arrival, code: room, hello }
  // Clients count their inputs anew from there, if the room came back from a checkpoint.
  client.sent = client.acked = ack
}

/**
 * Answers a CONFIRM for a thread that does not answer: its client would take the silence for a dead connection, and
 * leave a socket that is to go on.
 */
export function standIn({ pipe, pong }: Client, frame: Uint8Array, now: number): void {
  if (pong === undefined) return
  try {
    const asked = readUp(new Reader(frame), [], 0)
    if (asked.kind !== 'confirm') return
    const w = new Writer(64)
    writePong(w, { ...pong, echo: asked.time, time: now })
    pipe.write(w.take())
  } catch {
    // Bytes that are no frame: the room will say so when it is back.
  }
}

/** Reads the sequence of an INPUT; undefined where the bytes are not one, which its room will say. */
export function sequenceOf(frame: Uint8Array): number | undefined {
  try {
    return new Reader(frame.subarray(1)).uint()
  } catch {
    return undefined
  }
}
