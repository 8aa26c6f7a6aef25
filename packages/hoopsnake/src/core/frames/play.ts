/*
 * What a client sends while it is in, and the answer to its clock.
 *
 * INPUT        u8 2 · uint sequence · uint confirmed tick · u8 input · payload
 * CONFIRM      u8 3 · uint confirmed tick · f64 client time (ms)       every 500 ms, answered by PONG or in OWN
 * ASK_FULL     u8 4                                                    a delta's base was not there
 * LEAVE        u8 5
 * TIMED_INPUT  u8 6 · uint sequence · uint confirmed tick · f64 client time (ms) · u8 input · payload
 * PONG         u8 8 · f64 client time, sent back · f64 server time (ms) · uint tick · f64 time of that tick
 *
 * Sequences rise by one from 1 and go on over reconnects. "Confirmed" is the tick of the newest state the client has.
 * TIMED_INPUT is INPUT and CONFIRM in one.
 */
import { Malformed } from '../../wire/errors.ts'
import type { Reader } from '../../wire/reader.ts'
import type { Writer } from '../../wire/writer.ts'
import type { Input } from '../inbox.ts'
import type { Named } from '../protocol.ts'
import { down, up } from './kinds.ts'

/** An input as it came: what goes into the inbox, and what its client says besides. */
export interface Came extends Input, Said {}

/** A frame from a client that is in. */
export type Up =
  | Came
  | { readonly kind: 'confirm'; readonly confirmed: number; readonly time: number }
  | { readonly kind: 'askFull' }
  | { readonly kind: 'leave' }

/** An input on its way: `input` is its number in the protocol. */
export interface Sent {
  readonly seq: number
  readonly input: number
  readonly value: unknown
}

/** What an input says besides: the newest state its client has and, if it asks for the server's time, the client's. */
export interface Said {
  readonly confirmed: number
  /** ms */
  readonly time?: number | undefined
}

export function writeInput(w: Writer, inputs: readonly Named[], sent: Sent, { confirmed, time }: Said): void {
  w.u8(time === undefined ? up.INPUT : up.TIMED_INPUT)
  w.uint(sent.seq)
  w.uint(confirmed)
  if (time !== undefined) w.f64(time)
  w.u8(sent.input)
  inputs[sent.input]!.type.write(w, sent.value)
}

export function writeConfirm(w: Writer, confirmed: number, time: number): void {
  w.u8(up.CONFIRM)
  w.uint(confirmed)
  w.f64(time)
}

export function writeAskFull(w: Writer): void {
  w.u8(up.ASK_FULL)
}

export function writeLeave(w: Writer): void {
  w.u8(up.LEAVE)
}

/** Reads any frame of a client that is in, its first byte included; `seat` is the client's. */
export function readUp(r: Reader, inputs: readonly Named[], seat: number): Up {
  const up = readUpBody(r, inputs, seat)
  r.end()
  return up
}

function readUpBody(r: Reader, inputs: readonly Named[], seat: number): Up {
  const kind = r.u8()
  switch (kind) {
    case up.INPUT:
    case up.TIMED_INPUT: {
      const seq = r.uint()
      const confirmed = r.uint()
      const time = kind === up.TIMED_INPUT ? r.f64() : undefined
      const input = r.u8()
      const named = inputs[input]
      if (named === undefined) throw new Malformed(`input ${input} where the protocol has ${inputs.length}`)
      return {
        kind: 'input',
        seat,
        seq,
        input,
        value: named.type.read(r),
        failed: undefined,
        confirmed,
        time,
      }
    }
    case up.CONFIRM:
      return { kind: 'confirm', confirmed: r.uint(), time: r.f64() }
    case up.ASK_FULL:
      return { kind: 'askFull' }
    case up.LEAVE:
      return { kind: 'leave' }
    default:
      throw new Malformed(`a frame of kind ${kind}`)
  }
}

/** The server's answer to who asks for its time. */
export interface Pong {
  /** The client's time, as it came. */
  readonly echo: number
  /** The server's clock when it answered, in ms. */
  readonly time: number
  /** The last tick made, and the server's clock when that tick was due. */
  readonly tick: number
  readonly due: number
}

export function writePong(w: Writer, pong: Pong): void {
  w.u8(down.PONG)
  w.f64(pong.echo)
  w.f64(pong.time)
  w.uint(pong.tick)
  w.f64(pong.due)
}

/** Reads PONG behind its first byte. */
export function readPong(r: Reader): Pong {
  const pong = { echo: r.f64(), time: r.f64(), tick: r.uint(), due: r.f64() }
  r.end()
  return pong
}
