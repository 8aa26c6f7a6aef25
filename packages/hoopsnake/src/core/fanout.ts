import { Writer } from '../wire/writer.ts'
import type { Effects, OwnEffects } from './effects.ts'
import type { Refusal, Telling } from './frames/tick.ts'
import { inOrder, writeOwn } from './frames/tick.ts'
import type { Pipe } from './pipe.ts'
import type { SeatRecord } from './seats.ts'
import type { Flushed, Sync } from './sync.ts'
import type { Telemetry } from './telemetry.ts'

/** One client that is in: a seat's connection, or a watcher's. */
export interface Member {
  readonly pipe: Pipe
  /** 0 for a watcher. */
  readonly seat: number
  /** Tick of the last state written to the pipe; the next DELTA must begin there. −1: owes a full. */
  base: number
  /** Newest tick the client says it has. */
  confirmed: number
  /** Index of the first event it was not sent. */
  seen: number
  /** When it was last sent a FULL, in ms. */
  fullAt: number
  /** Whether the next OWN carries `mine` whole. */
  owesMine: boolean
  /** What it alone is to be told and was not sent yet. */
  owed: OwnEffects
  /** What it alone was told and has not confirmed, by the tick it was sent with; oldest first. */
  sent: { readonly tick: number; readonly own: OwnEffects }[]
  /** Events for it alone that could not be kept. */
  missed: number
}

/** Bytes that may wait in a client's pipe before it is skipped. */
const MAX_QUEUED = 64 * 1024
/** How long a sent tick may stay unconfirmed before its client is skipped, in ms: 500 between confirms, and a slow way. */
const MAX_UNCONFIRMED = 2000
/** A client is sent at most one FULL in this time, in ms. */
export const FULL_EVERY = 1000
/** Bytes of events kept for clients that were skipped; what is older is missed, and they are told so. */
const MAX_EVENTS = 256 * 1024

/** Events for one client alone, and refusals, that are kept until it can be sent them. */
const MAX_OWED = 1000

/** Flushes with something for one client alone that it may leave unconfirmed: at 1000 Hz, twice MAX_UNCONFIRMED. */
const MAX_SENT = 4000

/** Says whether a client does not read what it is sent. */
export function isClogged(member: Member): boolean {
  return member.pipe.queued > MAX_QUEUED
}

/** Says whether a client has been told more than is kept for it, and confirms nothing though it speaks. */
export function neverConfirms({ owed, sent }: Member): boolean {
  return owed.refusals.length > MAX_OWED || sent.length > MAX_SENT
}

/** Makes a member that has nothing yet and is owed everything. */
export function createMember(pipe: Pipe, seat: number): Member {
  return {
    pipe,
    seat,
    base: -1,
    confirmed: -1,
    seen: 0,
    fullAt: -Infinity,
    owesMine: true,
    owed: { tellings: [], refusals: [], acked: seat !== 0 },
    sent: [],
    missed: 0,
  }
}

/**
 * Brings what a flush found to everybody: one shared buffer, and small frames for those with something of their own.
 *
 * A client that cannot keep up is skipped and owed a full; nobody waits for it, and nothing is lost in silence.
 */
export class Fanout {
  readonly members: Set<Member> = new Set()
  readonly #sync: Sync
  readonly #epoch: number
  readonly #telemetry: Telemetry
  readonly #w = new Writer(256)
  /** The last events, oldest first; `#first` is the index of the first one kept. */
  #events: Telling[] = []
  #eventBytes = 0
  #first = 0
  /** Flushes of the last MAX_UNCONFIRMED ms, oldest first, and the newest flush before those. */
  #recent: { readonly tick: number; readonly at: number }[] = []
  #aged = -1

  constructor(sync: Sync, epoch: number, telemetry: Telemetry) {
    this.#sync = sync
    this.#epoch = epoch
    this.#telemetry = telemetry
  }

  /** Takes a member in: from now on it gets every tick, beginning with a FULL. */
  add(member: Member): void {
    member.seen = this.#first + this.#events.length
    this.members.add(member)
  }

  /** Makes `member` go on where `before`, its connection before, was when its client had the state of `tick`. */
  takeUp(member: Member, before: Member | undefined, tick: number): void {
    const next = this.#events.findIndex((telling) => telling.tick > tick)
    member.seen = this.#first + (next < 0 ? this.#events.length : next)
    // The ring begins later than the client's state ends: what is between is missed.
    if (next === 0 && before !== undefined) member.seen = Math.min(this.#first, before.seen)
    if (before === undefined) return
    member.missed = before.missed
    for (const { own } of before.sent.filter((one) => one.tick > tick)) owe(member, own)
    owe(member, before.owed)
  }

  /** Whether somebody has not got the newest state. */
  get owing(): boolean {
    for (const member of this.members) if (member.base !== this.#sync.tick) return true
    return false
  }

  /** Writes one flush to all members. `now` in ms. */
  flush(flushed: Flushed, effects: Effects, seats: ReadonlyMap<number, SeatRecord>, now: number): void {
    this.#remember(flushed, effects.tellings, now)
    for (const member of this.members) {
      const own = effects.own.get(member.seat)
      if (own !== undefined) owe(member, own)
      if (this.#slow(member)) this.#telemetry.framesOwed++
      else if (member.base === flushed.base) this.#sendDelta(member, flushed, seats)
      else if (now - member.fullAt >= FULL_EVERY) this.sendFull(member, seats, now)
    }
  }

  /** Sends the whole state as of the last flush, with everything the member was owed. */
  sendFull(member: Member, seats: ReadonlyMap<number, SeatRecord>, now: number): void {
    const end = this.#first + this.#events.length
    const missed = Math.max(0, this.#first - member.seen) + member.missed
    const late = this.#events.slice(Math.max(member.seen, this.#first) - this.#first)
    const tellings = inOrder([...member.owed.tellings, ...late])
    const mine = member.seat === 0 ? undefined : this.#sync.mineWhole(member.seat)
    const full = this.#sync.full()
    const own = this.#own(member, seats, { tellings, missed, ...(mine && { mine }) })
    this.#write(member, own, full)
    // A client that was just given a full is as good as confirmed: judge it by what comes after.
    member.confirmed = Math.max(member.confirmed, this.#sync.tick - 1)
    member.base = this.#sync.tick
    member.seen = end
    member.fullAt = now
    member.owesMine = false
  }

  /** Refuses an input at once, outside of any tick. */
  refuse(member: Member, refusal: Refusal): void {
    this.#w.clear()
    writeOwn(this.#w, { epoch: this.#epoch, tick: this.#sync.tick }, { refusals: [refusal] })
    member.pipe.write(this.#w.take())
  }

  #sendDelta(member: Member, flushed: Flushed, seats: ReadonlyMap<number, SeatRecord>): void {
    const mineDiff = flushed.mine.get(member.seat)
    const own = this.#own(member, seats, { tellings: member.owed.tellings, ...(mineDiff && { mineDiff }) })
    this.#write(member, own, flushed.delta)
    member.base = flushed.tick
    member.seen = this.#first + this.#events.length
  }

  #write({ pipe }: Member, own: Uint8Array | undefined, shared: Uint8Array): void {
    this.#telemetry.framesOut += own === undefined ? 1 : 2
    this.#telemetry.bytesOut += shared.length + (own === undefined ? 0 : own.length)
    if (own === undefined) pipe.write(shared)
    else pipe.write(own, shared)
  }

  /** Writes what one member alone is told, and owes it nothing any more. Undefined where there is nothing. */
  #own(
    member: Member,
    seats: ReadonlyMap<number, SeatRecord>,
    parts: { tellings: readonly Telling[]; missed?: number; mine?: Uint8Array; mineDiff?: Uint8Array },
  ): Uint8Array | undefined {
    const { refusals, acked } = member.owed
    const something =
      parts.tellings.length > 0 ||
      refusals.length > 0 ||
      acked ||
      parts.mine ||
      parts.mineDiff ||
      (parts.missed ?? 0) > 0
    if (!something) return undefined
    const seat = seats.get(member.seat)
    this.#w.clear()
    writeOwn(
      this.#w,
      { epoch: this.#epoch, tick: this.#sync.tick },
      { ...parts, refusals, ...(acked && seat && { ack: seat.acked }) },
    )
    if (member.seat !== 0) member.sent.push({ tick: this.#sync.tick, own: member.owed })
    member.owed = { tellings: [], refusals: [], acked: false }
    member.missed = 0
    return this.#w.take()
  }

  #slow(member: Member): boolean {
    return isClogged(member) || member.confirmed < Math.min(member.base, this.#aged)
  }

  #remember(flushed: Flushed, tellings: readonly Telling[], now: number): void {
    while (this.#recent.length > 0 && this.#recent[0]!.at <= now - MAX_UNCONFIRMED)
      this.#aged = this.#recent.shift()!.tick
    this.#recent.push({ tick: flushed.tick, at: now })
    for (const telling of tellings) {
      this.#events.push(telling)
      this.#eventBytes += size(telling)
    }
    while (this.#eventBytes > MAX_EVENTS) {
      this.#eventBytes -= size(this.#events.shift()!)
      this.#first++
    }
  }
}

/** Bytes that an event costs the ring: its payload and what is around it. */
function size(telling: Telling): number {
  return telling.payload.length + 16
}

/** Notes what a member alone is to be told. Beyond MAX_OWED events the oldest are missed, and it is told how many. */
export function owe(member: Member, own: OwnEffects): void {
  const { owed } = member
  owed.tellings.push(...own.tellings)
  owed.refusals.push(...own.refusals)
  if (own.acked) owed.acked = true
  const over = owed.tellings.length - MAX_OWED
  if (over <= 0) return
  owed.tellings.splice(0, over)
  member.missed += over
}

/** Forgets what a member was told up to `tick`: it has confirmed that. */
export function forget(member: Member, tick: number): void {
  while (member.sent.length > 0 && member.sent[0]!.tick <= tick) member.sent.shift()
}
