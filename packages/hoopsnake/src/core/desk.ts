import { Reader } from '../wire/reader.ts'
import { forget, neverConfirms } from './account.ts'
import type { Clock } from './clock.ts'
import { refuse } from './errors.ts'
import type { Fanout, Moment } from './fanout.ts'
import { FULL_EVERY, isClogged } from './fanout.ts'
import type { Came, Up } from './frames/play.ts'
import type { Guest, GuestDesk } from './guest.ts'
import type { Inbox } from './inbox.ts'
import { Intake } from './intake.ts'
import type { Log } from './log.ts'
import type { Machine } from './machine.ts'
import type { Named } from './protocol.ts'
import type { SeatRecord } from './seats.ts'
import type { Settings } from './settings.ts'
import type { Telemetry } from './telemetry.ts'

/** What the desk of a room is given. */
export interface DeskGiven {
  readonly machine: Machine
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly telemetry: Telemetry
  readonly inbox: Inbox
  /** Told whenever something entered the inbox. */
  readonly stirred: () => void
  /** Whether ticks follow one another now: what is owed is then sent with the next one. */
  readonly awake: () => boolean
}

/** What becomes of guests who go. */
export interface Exits {
  /** It says that it leaves. */
  leave(guest: Guest): void
  /** Its connection is over. */
  lost(guest: Guest): void
}

const UNCONFIRMED = 'Too much of what was sent to you is unread or unconfirmed.'

/** Hears the guests of one room: their inputs go into the inbox, no faster than they may; questions are answered. */
export class Desk implements GuestDesk {
  readonly reader: Reader = new Reader(new Uint8Array())
  readonly inputs: readonly Named[]
  readonly telemetry: Telemetry
  readonly #given: DeskGiven
  readonly #fanout: Fanout
  readonly #exits: Exits
  /** Those where inputs wait outside that came too fast. */
  readonly #throttled = new Set<Intake>()
  #tickedAt: number

  constructor(given: DeskGiven, fanout: Fanout, exits: Exits) {
    this.inputs = given.machine.protocol.inputs
    this.telemetry = given.telemetry
    this.#given = given
    this.#fanout = fanout
    this.#exits = exits
    this.#tickedAt = given.clock.now()
  }

  /** Whether inputs came too fast and wait outside. */
  get throttled(): boolean {
    return this.#throttled.size > 0
  }

  /** Now, and when the last tick was made. */
  get moment(): Moment {
    return { now: this.#given.clock.now(), ticked: this.#tickedAt }
  }

  /** Notes that a tick was made now. */
  ticked(): void {
    this.#tickedAt = this.#given.clock.now()
  }

  /** Lets in what came too fast, as far as the buckets have refilled. */
  releaseInputs(): void {
    if (this.#throttled.size === 0) return
    const into = { inbox: this.#given.inbox, now: this.#given.clock.now() }
    for (const intake of this.#throttled) {
      intake.release(into)
      if (!intake.waits) this.#throttled.delete(intake)
    }
  }

  /** Hears a guest no longer. What waits with it is given back to its seat, if that is held. */
  forget({ intake }: Guest, held?: SeatRecord): void {
    if (intake === undefined) return
    this.#throttled.delete(intake)
    if (held !== undefined) intake.giveBack(held)
  }

  frame(guest: Guest, up: Up): void {
    switch (up.kind) {
      case 'input':
        confirm(guest, up.confirmed)
        this.#input(guest, up)
        if (up.time !== undefined) this.#pong(guest, up.time)
        return
      case 'confirm':
        confirm(guest, up.confirmed)
        return this.#pong(guest, up.time)
      case 'askFull':
        // Of those who never confirm, this would go on for ever.
        if (neverConfirms(guest)) throw refuse('FLOOD', UNCONFIRMED)
        return this.#askFull(guest)
      case 'leave':
        return this.#exits.leave(guest)
    }
  }

  lost(guest: Guest): void {
    this.#exits.lost(guest)
  }

  failed(guest: Guest, error: unknown): void {
    this.#given.log('error', 'a frame failed', { ...this.named(guest), error })
  }

  /** Gives what a log says of a guest. */
  named({ seat }: Guest): Record<string, unknown> {
    const { protocol, code: room, tick } = this.#given.machine
    return { game: protocol.name, room, seat, tick }
  }

  #input(guest: Guest, up: Came): void {
    const { machine, settings, inbox, clock } = this.#given
    if (neverConfirms(guest)) throw refuse('FLOOD', UNCONFIRMED)
    if (guest.seat === 0) {
      if (isClogged(guest)) throw refuse('FLOOD', UNCONFIRMED)
      const { code, message } = refuse('WATCHING')
      return this.#fanout.refuse(guest, { seq: up.seq, code, message })
    }
    const seat = machine.seats.get(guest.seat)
    if (seat === undefined) return
    const pending = inbox.size > 0
    const intake = (guest.intake ??= new Intake(settings.inputs, 'any'))
    intake.take(seat, up, { inbox, now: clock.now() })
    if (intake.waits) this.#throttled.add(intake)
    // What waited before this one has stirred the room already.
    if (!pending) this.#given.stirred()
  }

  #pong(guest: Guest, time: number): void {
    // Who does not read gets no more to read.
    if (isClogged(guest)) return
    const { machine, settings, awake } = this.#given
    const { moment } = this
    if (settings.takesAlong && awake()) guest.asked = { time, at: moment.now }
    else this.#fanout.answer(guest, time, machine.tick, moment)
  }

  #askFull(guest: Guest): void {
    const { clock, awake, stirred } = this.#given
    const now = clock.now()
    guest.base = -1
    if (awake() || now - guest.fullAt < FULL_EVERY) return stirred()
    this.#fanout.sendFull(guest, now)
  }
}

/** Notes the newest tick a client has. Believed only as far as it was sent. */
function confirm(guest: Guest, tick: number): void {
  if (tick > guest.base) return
  guest.confirmed = Math.max(guest.confirmed, tick)
  if (tick > guest.formerTick) forget(guest, tick)
}
