import { Writer } from '../wire/writer.ts'
import { type Account, owe, settle } from './account.ts'
import type { Effects } from './effects.ts'
import { noOwn } from './effects.ts'
import { type Pong, writePong } from './frames/play.ts'
import type { OwnParts, Refusal } from './frames/tick.ts'
import { inOrder, writeOwn } from './frames/tick.ts'
import type { Machine } from './machine.ts'
import type { Pipe } from './pipe.ts'
import { Recall } from './recall.ts'
import { Ring } from './ring.ts'
import type { Flushed, Sync } from './sync.ts'
import type { Telemetry } from './telemetry.ts'
import type { Unheard } from './unheard.ts'

/** One client that is in: a seat's connection, or a watcher's. */
export interface Member extends Account {
  readonly pipe: Pipe
  /** 0 for a watcher. */
  readonly seat: number
  /** Tick of the last state written to the pipe; the next DELTA must begin there. −1: owes a full. */
  base: number
  /** Newest tick the client says it has, or was given time to say so. */
  confirmed: number
  /** When it was last sent a FULL, in whole ms. */
  fullAt: number
  /** The last of its inputs that was consumed, if it is to be told. */
  ack: number | undefined
  /** A CONFIRM that the next flush answers: the client's time in it, and when it came, in ms. */
  asked: { readonly time: number; readonly at: number } | undefined
}

/** A moment, and when the last tick was made; both in ms. */
export interface Moment {
  readonly now: number
  readonly ticked: number
}

/** Bytes that may wait in a client's pipe before it is skipped. */
const MAX_QUEUED = 64 * 1024
/** How long a sent tick may stay unconfirmed before its client is skipped, in ms: 500 between confirms, and a slow way. */
const MAX_UNCONFIRMED = 2000
/** A client is sent at most one FULL in this time, in ms. */
export const FULL_EVERY = 1000

/**
 * Members that are looked at before they are written to. A look waits for memory, and for several at once if nothing
 * comes between; a write throws out of the caches what is behind the next one.
 */
const BATCH = 64

const nothing = noOwn()

/** Says whether a client does not read what it is sent. */
export function isClogged(member: Member): boolean {
  return member.pipe.queued > MAX_QUEUED
}

/**
 * Brings what a flush found to everybody: one shared buffer, and small frames for those with something of their own.
 *
 * A client that cannot keep up is skipped and owed a full; nobody waits for it, and nothing is lost in silence.
 */
export class Fanout {
  /** For those who come back. */
  readonly recall: Recall
  readonly #members = new Set<Member>()
  /** By seat; those of seats that are on their way in, and no members yet, included. */
  readonly #seated: ReadonlyMap<number, Member>
  readonly #sync: Sync
  readonly #epoch: number
  readonly #telemetry: Telemetry
  readonly #w = new Writer(256)
  readonly #ring: Ring
  /** Of a flush, those who are to be written the DELTA. At most BATCH, and none between flushes. */
  readonly #batch: Member[] = []

  /** `unheard` is what the life of the room before left; `seated` are those who have a seat, by seat: not a copy. */
  constructor(
    life: Pick<Machine, 'sync' | 'epoch'>,
    telemetry: Telemetry,
    unheard: Unheard,
    seated: ReadonlyMap<number, Member>,
  ) {
    this.#sync = life.sync
    this.#epoch = life.epoch
    this.#seated = seated
    this.#telemetry = telemetry
    this.#ring = new Ring(MAX_UNCONFIRMED, unheard.tellings)
    this.recall = new Recall(life, this.#ring, unheard.lives)
  }

  /** Takes a member in: from now on it gets every tick, beginning with a FULL. */
  add(member: Member): void {
    member.had = this.#sync.tick
    member.seen = this.#ring.end
    this.#members.add(member)
  }

  /** Forgets a member. Does nothing if it isn't in. */
  remove(member: Member): void {
    if (this.#members.delete(member)) member.last = [...this.#ring.recent]
  }

  /** The accounts of those who have a seat and are in, by seat. */
  get accounts(): ReadonlyMap<number, Account> {
    return new Map([...this.#seated].filter(([, member]) => this.#members.has(member)))
  }

  /** Whether somebody has not got the newest state. */
  get owing(): boolean {
    for (const member of this.#members) if (member.base !== this.#sync.tick) return true
    return false
  }

  /**
   * Writes one flush to all members.
   *
   * Who has nothing of its own costs a look at its member and one write; nothing is made for it.
   */
  flush(flushed: Flushed, effects: Effects, at: Moment): void {
    const { now } = at
    this.#ring.add(flushed.tick, effects.tellings, now)
    for (const [seat, own] of effects.own) {
      const member = this.#seated.get(seat)
      if (member !== undefined) owe(member, own)
    }
    for (const { id, acked } of effects.acked) {
      const member = this.#seated.get(id)
      if (member !== undefined) member.ack = acked
    }
    for (const member of this.#members) {
      const slow = this.#slow(member)
      if (!slow && member.base === flushed.base) {
        if (this.#batch.push(member) === BATCH) this.#writeBatch(flushed, at)
        continue
      }
      if (member.asked !== undefined) member.pipe.write(this.#pong(member, flushed.tick, at))
      if (slow) this.#telemetry.framesOwed++
      else if (now - member.fullAt >= FULL_EVERY) this.sendFull(member, now)
    }
    this.#writeBatch(flushed, at)
  }

  /** Writes the DELTA to those of the batch, each behind what it alone is told, and empties that. */
  #writeBatch(flushed: Flushed, at: Moment): void {
    const { tick, delta } = flushed
    const { end } = this.#ring
    this.#count(delta, this.#batch.length)
    for (const member of this.#batch) {
      member.pipe.write(delta, this.#told(member, flushed, at))
      member.base = tick
      member.seen = end
    }
    this.#batch.length = 0
  }

  /** Writes what one member alone is told with a DELTA; undefined where that is nothing. The frame is lent. */
  #told(member: Member, { mine }: Flushed, at: Moment): Uint8Array | undefined {
    const mineDiff = mine.size === 0 ? undefined : mine.get(member.seat)
    if (mineDiff === undefined && member.asked === undefined && !hasOwn(member)) return undefined
    const answer = member.asked === undefined ? undefined : answerTo(member, at)
    return this.#own(member, { tellings: member.owed?.tellings, mineDiff, answer })
  }

  /** Answers a CONFIRM at once, outside of any flush. `time` is what the client's clock said in it. */
  answer(member: Member, time: number, tick: number, at: Moment): void {
    member.asked = { time, at: at.now }
    member.pipe.write(this.#pong(member, tick, at))
  }

  /** Sends the whole state as of the last flush, with everything the member was owed. */
  sendFull(member: Member, now: number): void {
    const { first, end } = this.#ring
    const missed = first - member.seen
    if (missed > 0) owe(member, { ...noOwn(), missed })
    const late = this.#ring.from(member.seen)
    const tellings = inOrder([...(member.owed?.tellings ?? []), ...late])
    const mine = member.seat === 0 ? undefined : this.#sync.mineWhole(member.seat)
    const something = hasOwn(member) || mine !== undefined || tellings.length > 0
    const full = this.#sync.full()
    const own = something ? this.#own(member, { tellings, mine }) : undefined
    this.#count(full)
    member.pipe.write(full, own)
    // A client that was just given a full is as good as confirmed: judge it by what comes after.
    member.confirmed = Math.max(member.confirmed, this.#sync.tick - 1)
    member.base = this.#sync.tick
    member.seen = end
    member.fullAt = Math.trunc(now)
  }

  /** Refuses an input at once, outside of any tick. */
  refuse(member: Member, refusal: Refusal): void {
    this.#w.clear()
    writeOwn(this.#w, { epoch: this.#epoch, tick: this.#sync.tick }, { refusals: [refusal] })
    member.pipe.write(this.#w.take())
  }

  #count(frame: Uint8Array, times = 1): void {
    this.#telemetry.framesOut += times
    this.#telemetry.bytesOut += times * frame.length
  }

  /** Writes what one member alone is told, with `parts`, and owes it nothing any more. The frame is lent. */
  #own(member: Member, { tellings, mine, mineDiff, answer }: OwnParts): Uint8Array {
    const { owed, ack } = member
    const stamp = { epoch: this.#epoch, tick: this.#sync.tick }
    this.#w.clear()
    // Part by part, not spread: each tick some tenth of all have one.
    const { refusals, missed } = owed ?? nothing
    writeOwn(this.#w, stamp, { ack, answer, refusals, mine, mineDiff, tellings, missed })
    settle(member, stamp)
    member.ack = undefined
    const frame = this.#w.lend()
    this.#count(frame)
    return frame
  }

  /** Writes the answer to what a member asked, outside of OWN. */
  #pong(member: Member, tick: number, at: Moment): Uint8Array {
    this.#w.clear()
    writePong(this.#w, { ...answerTo(member, at), tick })
    const frame = this.#w.take()
    this.#count(frame)
    return frame
  }

  #slow(member: Member): boolean {
    return isClogged(member) || member.confirmed < Math.min(member.base, this.#ring.aged)
  }
}

/** Whether there is something for a member alone, besides `mine` and what it asked. */
function hasOwn({ owed, ack }: Member): boolean {
  return ack !== undefined || owed !== undefined
}

/** Makes the answer to what a member asked. How long that waited for it is no part of the way. */
function answerTo(member: Member, { now, ticked }: Moment): Omit<Pong, 'tick'> {
  const { time, at } = member.asked!
  member.asked = undefined
  return { echo: time + now - at, time: now, due: ticked }
}
