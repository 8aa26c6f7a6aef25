/*
 * What a tick sends.
 *
 * FULL   u8 5 · uint epoch · uint tick · state
 * DELTA  u8 6 · uint epoch · uint tick · uint back · u8 has {1 state, 2 events} · [state diff] · [events]
 * OWN    u8 7 · uint epoch · uint tick ·
 *        u8 has {1 ack, 2 refusals, 4 mine whole, 8 mine diff, 16 events, 32 missed, 64 answer} ·
 *        [uint ack] · [answer] · [refusals] · [mine] · [mine diff] · [events] · [uint missed]
 *
 * answer    f64 client time, sent back · f64 server time (ms) · f64 time of the tick                 a PONG
 * events    uint count · (uint ticks ago · [uint place, in OWN] · u8 event · payload)*     oldest first
 * refusals  uint count · (uint sequence · str code · str message)*
 *
 * The base of a DELTA is tick − back. FULL and DELTA are the same bytes for everybody; OWN is for one seat and comes
 * before the FULL or DELTA of its tick, with which it takes effect. Its `mine diff` is against the `mine` that this
 * connection was sent last.
 *
 * `place` is how many events for everybody of that tick came before: so a client tells what OWN and DELTA bring in the
 * order in which it happened, and nobody learns how much the others were told alone.
 */
import { Malformed } from '../../wire/errors.ts'
import { Reader } from '../../wire/reader.ts'
import type { Type } from '../../wire/type.ts'
import type { Writer } from '../../wire/writer.ts'
import type { Named } from '../protocol.ts'
import { down, most } from './kinds.ts'
import type { Pong } from './play.ts'

/** Which room's life and which tick a frame belongs to. */
export interface Stamp {
  readonly epoch: number
  readonly tick: number
}

function writeStamp(w: Writer, kind: number, stamp: Stamp): void {
  w.u8(kind)
  w.uint(stamp.epoch)
  w.uint(stamp.tick)
}

/** Reads epoch and tick of FULL, DELTA or OWN behind the first byte. */
export function readStamp(r: Reader): Stamp {
  return { epoch: r.uint(), tick: r.uint() }
}

/** Something to tell once: what happened at a tick, its payload written already. */
export interface Telling {
  readonly tick: number
  /** How many events for everybody came before it in that tick. */
  readonly place: number
  /** Its number in the protocol. */
  readonly event: number
  readonly payload: Uint8Array
}

/** Something that happened, as the client reads it. */
export interface Told extends Happened {
  readonly event: number
  readonly value: unknown
}

/** When something happened: at which tick, and where among the events of that tick. */
type Happened = Pick<Telling, 'tick' | 'place'>

/**
 * Sorts events by when they happened. Those that stand at the same place keep their order: put what is for one seat
 * before what is for everybody.
 */
export function inOrder<E extends Happened>(events: E[]): E[] {
  return events.sort((a, b) => a.tick - b.tick || a.place - b.place)
}

/** Writes events, oldest first, of a frame of `tick`; `placed` where the frame is not everybody's. */
function writeEvents(w: Writer, tellings: readonly Telling[], tick: number, placed: boolean): void {
  w.uint(tellings.length)
  for (const telling of tellings) {
    w.uint(tick - telling.tick)
    if (placed) w.uint(telling.place)
    w.u8(telling.event)
    w.raw(telling.payload)
  }
}

function readEvents(r: Reader, events: readonly Named[], tick: number, placed: boolean): Told[] {
  const told: Told[] = []
  for (let left = r.count(0xffff, placed ? 3 : 2); left > 0; left--) {
    const at = tick - r.uint()
    const last = told.at(-1)
    const place = placed ? r.uint() : last?.tick === at ? last.place + 1 : 0
    const event = r.u8()
    const named = events[event]
    if (named === undefined) throw new Malformed(`event ${event} where the protocol has ${events.length}`)
    told.push({ tick: at, place, event, value: named.type.read(r) })
  }
  return told
}

export function writeFull<S>(w: Writer, stamp: Stamp, type: Type<S>, state: S): void {
  writeStamp(w, down.FULL, stamp)
  type.write(w, state)
}

/** Reads FULL behind its stamp. */
export function readFull<S>(r: Reader, type: Type<S>): S {
  const state = type.read(r)
  r.end()
  return state
}

/** Writes DELTA: compares `state` with `shadow`, advancing the shadow. Returns the shadow. */
export function writeDelta<S>(
  w: Writer,
  head: Stamp & { readonly back: number },
  body: { readonly type: Type<S>; readonly shadow: S; readonly state: S },
  tellings: readonly Telling[],
): S {
  writeStamp(w, down.DELTA, head)
  w.uint(head.back)
  const has = w.hole(1)
  const start = w.length
  const shadow = body.type.diff(w, body.shadow, body.state)
  if (w.length > start) w.set(has, 1)
  if (tellings.length > 0) {
    w.set(has, 2)
    writeEvents(w, tellings, head.tick, false)
  }
  return shadow
}

/** Reads how many ticks before its own the base of a DELTA is, behind its stamp. */
export function readBack(r: Reader): number {
  return r.uint()
}

/** Reads the rest of DELTA, behind `back`. `base` is not changed. */
export function readDelta<S>(
  r: Reader,
  tick: number,
  base: S,
  types: { readonly state: Type<S>; readonly events: readonly Named[] },
): { state: S; told: Told[] } {
  const has = r.u8()
  const state = has & 1 ? types.state.patch(r, base) : base
  const told = has & 2 ? readEvents(r, types.events, tick, false) : []
  r.end()
  return { state, told }
}

/** An input that was refused. */
export interface Refusal {
  readonly seq: number
  readonly code: string
  readonly message: string
}

/** Writes refusals. Overlong words are cut. */
export function writeRefusals(w: Writer, refusals: readonly Refusal[]): void {
  w.uint(refusals.length)
  for (const { seq, code, message } of refusals) {
    w.uint(seq)
    w.str(code.slice(0, most.CODE))
    w.str(message.slice(0, most.MESSAGE))
  }
}

export function readRefusals(r: Reader): Refusal[] {
  const refusals: Refusal[] = []
  for (let left = r.count(0xffff, 3); left > 0; left--)
    refusals.push({ seq: r.uint(), code: r.str(most.CODE), message: r.str(most.MESSAGE) })
  return refusals
}

/** What one seat alone is told at a tick, as the server writes it. Absent parts have nothing to tell. */
export interface OwnParts {
  /** The last input consumed: applied, or refused and told. */
  readonly ack?: number | undefined
  /** What it asked for by CONFIRM or TIMED_INPUT. Its tick is that of the frame. */
  readonly answer?: Omit<Pong, 'tick'> | undefined
  readonly refusals?: readonly Refusal[] | undefined
  /** `mine` as `write` gave it, or what `diff` gave: at most one of the two. */
  readonly mine?: Uint8Array | undefined
  readonly mineDiff?: Uint8Array | undefined
  readonly tellings?: readonly Telling[] | undefined
  /** How many events could not be kept for this seat. */
  readonly missed?: number | undefined
}

/** The same as the client reads it. */
export interface Own<M = unknown> {
  readonly ack?: number
  readonly answer?: Pong
  readonly refusals?: readonly Refusal[]
  readonly mine?: M
  readonly told?: readonly Told[]
  readonly missed?: number
}

const own = { ACK: 1, REFUSALS: 2, MINE: 4, MINE_DIFF: 8, EVENTS: 16, MISSED: 32, ANSWER: 64 }

export function writeOwn(w: Writer, stamp: Stamp, parts: OwnParts): void {
  writeStamp(w, down.OWN, stamp)
  const has = w.hole(1)
  if (parts.ack !== undefined) {
    w.set(has, own.ACK)
    w.uint(parts.ack)
  }
  if (parts.answer !== undefined) {
    w.set(has, own.ANSWER)
    w.f64(parts.answer.echo)
    w.f64(parts.answer.time)
    w.f64(parts.answer.due)
  }
  if (parts.refusals !== undefined && parts.refusals.length > 0) {
    w.set(has, own.REFUSALS)
    writeRefusals(w, parts.refusals)
  }
  if (parts.mine !== undefined) {
    w.set(has, own.MINE)
    w.raw(parts.mine)
  } else if (parts.mineDiff !== undefined) {
    w.set(has, own.MINE_DIFF)
    w.raw(parts.mineDiff)
  }
  if (parts.tellings !== undefined && parts.tellings.length > 0) {
    w.set(has, own.EVENTS)
    writeEvents(w, parts.tellings, stamp.tick, true)
  }
  if (parts.missed !== undefined && parts.missed > 0) {
    w.set(has, own.MISSED)
    w.uint(parts.missed)
  }
}

/** What anybody can read of an OWN frame, whatever the game is. */
export type OwnHead = Pick<Own, 'ack' | 'answer'>

/** Reads the head of an OWN frame, its first byte included; empty where it is no OWN. */
export function readOwnHead(frame: Uint8Array): OwnHead {
  const r = new Reader(frame)
  if (r.u8() !== down.OWN) return {}
  const { tick } = readStamp(r)
  return readHead(r, r.u8(), tick)
}

function readHead(r: Reader, has: number, tick: number): { ack?: number; answer?: Pong } {
  const head: { ack?: number; answer?: Pong } = {}
  if (has & own.ACK) head.ack = r.uint()
  if (has & own.ANSWER) head.answer = { echo: r.f64(), time: r.f64(), tick, due: r.f64() }
  return head
}

/** Reads OWN behind its stamp. `base` is the `mine` of the last OWN; undefined before the first. */
export function readOwn<M>(
  r: Reader,
  tick: number,
  base: M | undefined,
  types: { readonly mine: Type<M>; readonly events: readonly Named[] },
): Own<M> {
  const has = r.u8()
  const read: { -readonly [K in keyof Own<M>]: Own<M>[K] } = readHead(r, has, tick)
  if (has & own.REFUSALS) read.refusals = readRefusals(r)
  if (has & own.MINE) read.mine = types.mine.read(r)
  else if (has & own.MINE_DIFF) {
    if (base === undefined) throw new Malformed('a change of `mine` before any `mine`')
    read.mine = types.mine.patch(r, base)
  }
  if (has & own.EVENTS) read.told = readEvents(r, types.events, tick, true)
  if (has & own.MISSED) read.missed = r.uint()
  r.end()
  return read
}
