import { Writer } from '../wire/writer.ts'
import type { Effects, OwnEffects } from './effects.ts'
import { noOwn } from './effects.ts'
import { type Pong, writePong } from './frames/play.ts'
import type { OwnParts, Refusal, Stamp } from './frames/tick.ts'
import { inOrder, writeOwn } from './frames/tick.ts'
import type { Machine } from './machine.ts'
import type { Pipe } from './pipe.ts'
import { Ring } from './ring.ts'
import type { SeatRecord } from './seats.ts'
import type { Flushed, Sync } from './sync.ts'
import type { Telemetry } from './telemetry.ts'
import type { Account, Life, Sent, Unheard } from './unheard.ts'

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
  /** Whether it is to be told how far its inputs were taken. */
  acks: boolean
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

/** Events for one client alone, and refusals, that are kept until it can be sent them. */
const MAX_OWED = 1000

/**
 * Members that are looked at before they are written to. A look waits for memory, and for several at once if nothing
 * comes between; a write throws out of the caches what is behind the next one.
 */
const BATCH = 64

/** Flushes with something for one client alone that it may leave unconfirmed: at 1000 Hz, twice MAX_UNCONFIRMED. */
const MAX_SENT = 4000

/** Says whether a client does not read what it is sent. */
export function isClogged(member: Member): boolean {
  return member.pipe.queued > MAX_QUEUED
}

/** Says whether a client has been told more than is kept for it, and confirms nothing though it speaks. */
export function neverConfirms({ owed, sent }: Member): boolean {
  return sent.length > MAX_SENT || (owed !== undefined && owed.refusals.length > MAX_OWED)
}

/**
 * Brings what a flush found to everybody: one shared buffer, and small frames for those with something of their own.
 *
 * A client that cannot keep up is skipped and owed a full; nobody waits for it, and nothing is lost in silence.
 */
export class Fanout {
  readonly #members = new Set<Member>()
  /** By seat; those of seats that are on their way in, and no members yet, included. */
  readonly #seated: ReadonlyMap<number, Member>
  readonly #sync: Sync
  readonly #epoch: number
  readonly #lives: readonly Life[]
  readonly #telemetry: Telemetry
  readonly #w = new Writer(256)
  readonly #ring: Ring
  /** Of a flush, those who are to be written the DELTA alone. At most BATCH, and none between flushes. */
  readonly #batch: Member[] = []

  /** `unheard` is what the life of the room before left; `seated` are those who have a seat, by seat: not a copy. */
  constructor(
    { sync, epoch }: Pick<Machine, 'sync' | 'epoch'>,
    telemetry: Telemetry,
    unheard: Unheard,
    seated: ReadonlyMap<number, Member>,
  ) {
    this.#sync = sync
    this.#epoch = epoch
    this.#seated = seated
    this.#telemetry = telemetry
    this.#lives = unheard.lives
    this.#ring = new Ring(MAX_UNCONFIRMED, unheard.tellings)
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

  /**
   * Gives the tick up to which this life of the room is one that a client was in; of epoch 0: of the one before. What
   * that life did later never was.
   */
  fork(epoch: number): number {
    const next = epoch === 0 ? undefined : this.#lives.find((life) => life.epoch > epoch)
    return (next ?? this.#lives.at(-1)!).tick
  }

  /**
   * Makes `member` go on where `before`, its connection before, was when its client had the state of a tick. With epoch
   * 0 nobody knows which that is: it is told all that it has not confirmed, and leaves out what it has.
   */
  takeUp(member: Member, before: Account | undefined, back: Stamp): void {
    const tick =
      back.epoch === 0
        ? (before?.had ?? this.fork(0))
        : Math.min(back.tick, back.epoch === this.#epoch ? this.#sync.tick : this.fork(back.epoch))
    member.had = tick
    member.seen = this.#ring.after(tick)
    if (before === undefined) return
    // The ring begins later than the client's state ends: what is between is missed.
    if (member.seen === this.#ring.first) {
      const had = before.last.findLast((flush) => flush.tick <= tick)?.end
      member.seen = Math.min(member.seen, had ?? before.seen)
    }
    // Who was in a life has heard, or was told again, what was sent in those before.
    const unheard = ({ epoch, tick: at }: Sent): boolean =>
      epoch > back.epoch || (epoch === back.epoch && at > back.tick)
    for (const { own } of before.sent.filter(unheard)) owe(member, later(own, tick))
    if (before.owed !== undefined) owe(member, later(before.owed, tick))
  }

  /** Gives what the next life of the room must know to tell everybody all. `held` are the accounts of who is away. */
  unheard(held: ReadonlyMap<number, Account>): Unheard {
    const here = [...this.#seated].filter(([, member]) => this.#members.has(member))
    const accounts = new Map<number, Account>([...held, ...here])
    const least = [...accounts.values()].reduce((tick, { had }) => Math.min(tick, had), this.#sync.tick)
    const { first, recent } = this.#ring
    const tellings = this.#ring.from(this.#ring.after(least))
    const left = [...accounts].map(([seat, account]): [number, Account] => {
      const { had, last, sent, owed } = account
      const end = [...recent, ...last].findLast((flush) => flush.tick <= had)?.end ?? account.seen
      return [seat, { had, seen: Math.min(0, end - first), last: [], sent, owed }]
    })
    return { lives: this.#lives, tellings, accounts: new Map(left) }
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
  flush(flushed: Flushed, effects: Effects, seats: ReadonlyMap<number, SeatRecord>, at: Moment): void {
    const { now } = at
    this.#ring.add(flushed.tick, effects.tellings, now)
    for (const [seat, own] of effects.own) {
      const member = this.#seated.get(seat)
      if (member !== undefined) owe(member, own)
    }
    for (const seat of effects.acked) {
      const member = this.#seated.get(seat)
      if (member !== undefined) member.acks = true
    }
    for (const member of this.#members) {
      if (this.#isPlain(member, flushed)) {
        if (this.#batch.push(member) === BATCH) this.#writeBatch(flushed)
        continue
      }
      const slow = this.#slow(member)
      if (!slow && member.base === flushed.base) this.#sendDelta(member, flushed, seats, at)
      else {
        if (member.asked !== undefined) member.pipe.write(this.#pong(member, flushed.tick, at))
        if (slow) this.#telemetry.framesOwed++
        else if (now - member.fullAt >= FULL_EVERY) this.sendFull(member, seats, now)
      }
    }
    this.#writeBatch(flushed)
  }

  /** Whether a member gets the DELTA and nothing else. */
  #isPlain(member: Member, { base, mine }: Flushed): boolean {
    return (
      member.base === base &&
      !member.acks &&
      member.owed === undefined &&
      member.asked === undefined &&
      !this.#slow(member) &&
      (mine.size === 0 || !mine.has(member.seat))
    )
  }

  /** Writes the DELTA to those who get nothing else, and forgets them. */
  #writeBatch({ tick, delta }: Flushed): void {
    const { end } = this.#ring
    for (const member of this.#batch) {
      this.#count(delta)
      member.pipe.write(delta)
      member.base = tick
      member.seen = end
    }
    this.#batch.length = 0
  }

  /** Answers a CONFIRM at once, outside of any flush. `time` is what the client's clock said in it. */
  answer(member: Member, time: number, tick: number, at: Moment): void {
    member.asked = { time, at: at.now }
    member.pipe.write(this.#pong(member, tick, at))
  }

  /** Sends the whole state as of the last flush, with everything the member was owed. */
  sendFull(member: Member, seats: ReadonlyMap<number, SeatRecord>, now: number): void {
    const { first, end } = this.#ring
    const missed = first - member.seen
    if (missed > 0) owe(member, { ...noOwn(), missed })
    const late = this.#ring.from(member.seen)
    const tellings = inOrder([...(member.owed?.tellings ?? []), ...late])
    const mine = member.seat === 0 ? undefined : this.#sync.mineWhole(member.seat)
    const something = hasOwn(member) || mine !== undefined || tellings.length > 0
    const full = this.#sync.full()
    this.#write(member, something ? this.#own(member, seats, { tellings, mine }) : undefined, full)
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

  #sendDelta(member: Member, flushed: Flushed, seats: ReadonlyMap<number, SeatRecord>, at: Moment): void {
    const mineDiff = flushed.mine.size === 0 ? undefined : flushed.mine.get(member.seat)
    const answer = member.asked === undefined ? undefined : answerTo(member, at)
    const something = hasOwn(member) || mineDiff !== undefined || answer !== undefined
    const tellings = member.owed?.tellings
    const own = something ? this.#own(member, seats, { tellings, mineDiff, answer }) : undefined
    this.#write(member, own, flushed.delta)
    member.base = flushed.tick
    member.seen = this.#ring.end
  }

  /** Writes what everybody gets, behind what goes before it to this member alone. */
  #write({ pipe }: Member, first: Uint8Array | undefined, shared: Uint8Array): void {
    this.#count(shared)
    pipe.write(shared, first)
  }

  #count(frame: Uint8Array): void {
    this.#telemetry.framesOut++
    this.#telemetry.bytesOut += frame.length
  }

  /** Writes what one member alone is told, with `parts`, and owes it nothing any more. The frame is lent. */
  #own(member: Member, seats: ReadonlyMap<number, SeatRecord>, parts: OwnParts): Uint8Array {
    const { owed, seat } = member
    const ack = member.acks ? seats.get(seat)?.acked : undefined
    const stamp = { epoch: this.#epoch, tick: this.#sync.tick }
    this.#w.clear()
    writeOwn(this.#w, stamp, { ...parts, ack, refusals: owed?.refusals, missed: owed?.missed })
    if (owed !== undefined && isNews(owed)) keep(member, { ...stamp, own: owed })
    member.owed = undefined
    member.acks = false
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

/**
 * Notes what a member alone is to be told; `own` is the member's from now on. Beyond MAX_OWED events the oldest are
 * missed, and it is told how many.
 */
export function owe(member: Account, own: OwnEffects): void {
  const owed = (member.owed ??= own)
  if (owed !== own) {
    // One by one: there may be more than a call can have arguments.
    for (const telling of own.tellings) owed.tellings.push(telling)
    for (const refusal of own.refusals) owed.refusals.push(refusal)
    owed.missed += own.missed
  }
  const over = owed.tellings.length - MAX_OWED
  if (over <= 0) return
  owed.tellings.splice(0, over)
  owed.missed += over
}

/** Makes the answer to what a member asked. How long that waited for it is no part of the way. */
function answerTo(member: Member, { now, ticked }: Moment): Omit<Pong, 'tick'> {
  const { time, at } = member.asked!
  member.asked = undefined
  return { echo: time + now - at, time: now, due: ticked }
}

function keep(member: Member, sent: Sent): void {
  if (member.sent.length === 0) member.sent = [sent]
  else member.sent.push(sent)
}

/** Whether there is something for a member alone, besides `mine` and what it asked. */
function hasOwn({ owed, acks }: Member): boolean {
  return acks || owed !== undefined
}

/** Whether a client that comes back is to be told that again: how far its inputs were taken, WELCOME tells anyway. */
function isNews({ tellings, refusals, missed }: OwnEffects): boolean {
  return tellings.length > 0 || refusals.length > 0 || missed > 0
}

/** Leaves out the events that came with a state which is there. */
function later(own: OwnEffects, tick: number): OwnEffects {
  return { ...own, tellings: own.tellings.filter((telling) => telling.tick > tick) }
}

/** Forgets what a member was told up to `tick`: it has confirmed that. */
export function forget(member: Member, tick: number): void {
  member.had = Math.max(member.had, tick)
  while (member.sent.length > 0 && member.sent[0]!.tick <= tick) member.sent.shift()
}
