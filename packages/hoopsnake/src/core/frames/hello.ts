/*
 * The handshake. One HELLO from the client; WELCOME, REFUSED or WAIT from the server.
 *
 * HELLO    u8 1 · u8 wire version · str protocol · u32 schema hash · str ticket · u8 intent ·
 *            0 join    join payload
 *            1 create  u8 private · u8 has options · [options] · join payload
 *            2 watch
 *            3 resume  str token · uint epoch · uint last tick
 * WELCOME  u8 1 · uint epoch · str room · uint seat (0: a watcher) · str token · uint ack · f64 hz · uint ticks per frame ·
 *          uint hold (ms) · uint fork · uint tick · f64 server time (ms)
 * REFUSED  u8 2 · str code · str message            the dial is over
 * CLOSED   u8 3 · str code · str message            the seat is over
 * WAIT     u8 4 · uint ms                           dial again, not sooner
 *
 * `ack` is the sequence of the last input the room took in: the client sends again what comes after.
 */
import { Malformed } from '../../wire/errors.ts'
import type { Reader } from '../../wire/reader.ts'
import type { Writer } from '../../wire/writer.ts'
import { down, most, up, WIRE } from './kinds.ts'

/** What a client says first. Payloads stay bytes until the room's protocol is known. */
export type Hello = {
  readonly wire: number
  readonly protocol: string
  readonly hash: number
  /** For `auth`: whatever the page gave to `join`, e.g. a JWT. Here and not in the URL, which gets logged. */
  readonly ticket: string
} & Intent

export type Intent =
  | { readonly intent: 'join'; readonly ask: Uint8Array }
  | { readonly intent: 'create'; readonly private: boolean; readonly ask: Uint8Array }
  | { readonly intent: 'watch' }
  | { readonly intent: 'resume'; readonly token: string; readonly epoch: number; readonly tick: number }

const intents = ['join', 'create', 'watch', 'resume'] as const

/** Writes HELLO. In `create`, `ask` holds the optional options and the join payload. */
export function writeHello(w: Writer, hello: Hello): void {
  w.u8(up.HELLO)
  w.u8(hello.wire)
  w.str(hello.protocol)
  w.u32(hello.hash)
  w.str(hello.ticket)
  w.u8(intents.indexOf(hello.intent))
  if (hello.intent === 'create') w.u8(hello.private ? 1 : 0)
  if (hello.intent === 'join' || hello.intent === 'create') w.raw(hello.ask)
  if (hello.intent === 'resume') {
    w.str(hello.token)
    w.uint(hello.epoch)
    w.uint(hello.tick)
  }
}

/** Reads HELLO, its first byte included. Of another wire version nothing is read but the version. */
export function readHello(r: Reader): Hello {
  if (r.u8() !== up.HELLO) throw new Malformed('the first frame is not HELLO')
  const wire = r.u8()
  if (wire !== WIRE) return { wire, protocol: '', hash: 0, ticket: '', intent: 'watch' }
  const head = { wire, protocol: r.str(most.PROTOCOL), hash: r.u32(), ticket: r.str(most.TICKET) }
  const intent = intents[r.u8()]
  switch (intent) {
    case 'join':
      return { ...head, intent, ask: r.raw(r.left) }
    case 'create':
      return { ...head, intent, private: r.u8() === 1, ask: r.raw(r.left) }
    case 'watch':
      r.end()
      return { ...head, intent }
    case 'resume': {
      const resume = { ...head, intent, token: r.str(most.TOKEN), epoch: r.uint(), tick: r.uint() }
      r.end()
      return resume
    }
    default:
      throw new Malformed('HELLO with an intent that is none')
  }
}

/** What a client is told when it is in. */
export interface Welcome {
  readonly epoch: number
  readonly room: string
  /** 0 for a watcher. */
  readonly seat: number
  /** Brings a player back to the seat; '' for a watcher. A secret. */
  readonly token: string
  readonly ack: number
  /** Ticks per second; 0 in a room that ticks on events. */
  readonly hz: number
  readonly ticksPerFrame: number
  /** How long the seat is held when the connection is lost, in ms. */
  readonly hold: number
  /** The tick up to which this life of the room is the one that the client was in last; of no matter within one life. */
  readonly fork: number
  /** The last tick made, and the server's clock (ms, arbitrary origin) at this moment. */
  readonly tick: number
  readonly time: number
}

export function writeWelcome(w: Writer, welcome: Welcome): void {
  w.u8(down.WELCOME)
  w.uint(welcome.epoch)
  w.str(welcome.room)
  w.uint(welcome.seat)
  w.str(welcome.token)
  w.uint(welcome.ack)
  w.f64(welcome.hz)
  w.uint(welcome.ticksPerFrame)
  w.uint(welcome.hold)
  w.uint(welcome.fork)
  w.uint(welcome.tick)
  w.f64(welcome.time)
}

/** Reads WELCOME behind its first byte. */
export function readWelcome(r: Reader): Welcome {
  const welcome = {
    epoch: r.uint(),
    room: r.str(most.ROOM),
    seat: r.uint(),
    token: r.str(most.TOKEN),
    ack: r.uint(),
    hz: r.f64(),
    ticksPerFrame: r.uint(),
    hold: r.uint(),
    fork: r.uint(),
    tick: r.uint(),
    time: r.f64(),
  }
  r.end()
  return welcome
}

/** Why something ended: a stable code and words. */
export interface Reason {
  readonly code: string
  readonly message: string
}

/** Writes REFUSED or CLOSED. Overlong words are cut. */
export function writeReason(w: Writer, kind: typeof down.REFUSED | typeof down.CLOSED, reason: Reason): void {
  w.u8(kind)
  w.str(reason.code.slice(0, most.CODE))
  w.str(reason.message.slice(0, most.MESSAGE))
}

/** Reads REFUSED or CLOSED behind its first byte. */
export function readReason(r: Reader): Reason {
  const reason = { code: r.str(most.CODE), message: r.str(most.MESSAGE) }
  r.end()
  return reason
}

export function writeWait(w: Writer, ms: number): void {
  w.u8(down.WAIT)
  w.uint(ms)
}

/** Reads WAIT behind its first byte. */
export function readWait(r: Reader): number {
  const ms = r.uint()
  r.end()
  return ms
}

export function writeDraining(w: Writer, ms: number): void {
  w.u8(down.DRAINING)
  w.uint(ms)
}

/** Reads DRAINING behind its first byte. */
export function readDraining(r: Reader): number {
  return readWait(r)
}
