import { Writer } from '../wire/writer.ts'
import { type Account, owe, refusalsOf } from './account.ts'
import type { DeskGiven } from './desk.ts'
import { Desk } from './desk.ts'
import { type Effects, noOwn } from './effects.ts'
import { Refused, refuse } from './errors.ts'
import { Fanout } from './fanout.ts'
import type { Reason } from './frames/hello.ts'
import { writeWelcome } from './frames/hello.ts'
import { Guest, turnAway } from './guest.ts'
import type { Holds } from './holds.ts'
import { createHolds } from './holds.ts'
import type { Entry } from './inbox.ts'
import { Intake } from './intake.ts'
import type { Connection, Fallen } from './link.ts'
import type { Pipe } from './pipe.ts'
import type { Flushed } from './sync.ts'
import { countCode, countInputs } from './telemetry.ts'
import type { Claim, Seal } from './tokens.ts'
import { writeToken } from './tokens.ts'
import type { Unheard } from './unheard.ts'
import { userKey } from './users.ts'

/** The claim of a watcher. */
const NOBODY: Claim = { seat: 0, secret: '' }

/** What the guests of a room are given by it. */
export interface GuestsGiven extends DeskGiven {
  /** Makes 128 unguessable bits, as 32 hex digits. */
  readonly secret: () => string
  readonly seal: Seal
  /** Id of the next seat. */
  readonly nextSeat: number
  /** What the life of the room before left. */
  readonly unheard: Unheard
}

/** What a client brings that comes back: whose player it is, and the newest state it has. */
export interface Back extends Claim {
  /** What `auth` answered. */
  readonly user: unknown
  /** 0: it has not dialled, but is brought from a life of the room that is over; which state it has nobody knows. */
  readonly epoch: number
  /** Of epoch 0: the newest that it may have been sent. */
  readonly tick: number
}

/** The connections of one room: who has which seat, who watches, which seats are held for whom. */
export class Guests {
  /** Where they are heard. */
  readonly desk: Desk
  readonly #given: GuestsGiven
  readonly #fanout: Fanout
  readonly #w = new Writer(256)
  /** By seat; those of seats that are on their way in included. */
  readonly #seated = new Map<number, Guest>()
  readonly #watchers = new Set<Guest>()
  readonly #holds: Holds
  #arriving = 0
  #nextSeat: number

  /** Seats that a checkpoint brought are held for their players from now on. */
  constructor(given: GuestsGiven) {
    this.#given = given
    this.#nextSeat = given.nextSeat
    this.#holds = createHolds(given.clock, given.settings.holdSeat, (seat) =>
      this.#enter({ kind: 'leave', seat }),
    )
    const { machine, unheard } = given
    this.#fanout = new Fanout(machine, given.telemetry, unheard, this.#seated)
    this.desk = new Desk(given, this.#fanout, {
      leave: (guest) => this.#leave(guest),
      lost: (guest) => this.#lost(guest),
    })
    for (const id of machine.seats.keys()) this.#hold(id, unheard.accounts.get(id))
  }

  get counts(): { seats: number; watchers: number } {
    return { seats: this.#given.machine.seats.size + this.#arriving, watchers: this.#watchers.size }
  }

  /** Connections of seats and watchers. */
  get connected(): number {
    return this.#seated.size + this.#watchers.size
  }

  get nextSeat(): number {
    return this.#nextSeat
  }

  /** What players may not have heard of yet, for a checkpoint. */
  get unheard(): Unheard {
    return this.#fanout.recall.unheard(new Map([...this.#holds.accounts, ...this.#fanout.accounts]))
  }

  /** Whether somebody has not got the newest state. */
  get owing(): boolean {
    return this.#fanout.owing
  }

  /** Lets a player in at the next tick. Throws Refused. */
  join(pipe: Pipe, ask: unknown, user: unknown): Connection {
    const { inbox, seal, settings } = this.#given
    if (this.counts.seats >= settings.seats) throw refuse('ROOM_FULL')
    const [seat, secret] = [this.#nextSeat, this.#given.secret()]
    const digest = seal.digest(secret)
    if (!inbox.put({ kind: 'join', seat, digest, user, ask })) throw refuse('ROOM_BUSY')
    this.#nextSeat++
    this.#arriving++
    const guest = new Guest(pipe, { seat, secret }, this.desk)
    this.#seated.set(seat, guest)
    this.#given.stirred()
    return guest
  }

  /** Lets a watcher in at once. Throws Refused. */
  watch(pipe: Pipe): Connection {
    if (this.#watchers.size >= this.#given.settings.watchers)
      throw refuse('ROOM_FULL', 'No place to watch from is left.')
    const guest = new Guest(pipe, NOBODY, this.desk)
    this.#watchers.add(guest)
    this.#welcome(guest)
    this.#fanout.sendFull(guest, this.#given.clock.now())
    this.#given.stirred()
    return guest
  }

  /**
   * Brings a player back to a held seat; a connection that still has it is closed. Throws Refused.
   *
   * Within one life of the room, everything that the player was to be told after the tick it has is told again.
   */
  resume(pipe: Pipe, back: Back, fallen?: Fallen): Connection {
    const { machine, seal, settings } = this.#given
    const seat = machine.seats.get(back.seat)
    if (seat?.digest !== seal.digest(back.secret)) throw refuse('GONE')
    if (userKey(seat.user) !== userKey(back.user))
      throw refuse('GONE', 'The seat is of another user; join anew.')
    if (fallen !== undefined) {
      seat.taken = seat.acked = seat.told = Math.max(seat.acked, fallen.acked)
      seat.spoiled = fallen.sent
    }
    const before = this.#seated.get(seat.id)
    if (before !== undefined) {
      this.#fanout.remove(before)
      this.desk.forget(before, seat)
      before.dismiss(refuse('TAKEN_OVER'))
    }
    const guest = new Guest(pipe, back, this.desk)
    if (back.epoch === 0) {
      guest.intake = new Intake(settings.inputs, 'due')
      guest.formerTick = back.tick
    }
    this.#seated.set(seat.id, guest)
    const earlier = before ?? this.#holds.release(seat.id)
    this.#welcome(guest, back.epoch)
    this.#fanout.recall.takeUp(guest, earlier, back)
    if (fallen?.refusals !== undefined) owe(guest, { ...noOwn(), refusals: [...fallen.refusals] })
    this.#fanout.sendFull(guest, this.#given.clock.now())
    this.#enter({ kind: 'back', seat: seat.id })
    return guest
  }

  /** Brings a flush to everybody, and carries out what it means for those who come and go. */
  flush(flushed: Flushed, effects: Effects): void {
    this.#fanout.flush(flushed, effects, this.desk.moment)
    this.#holds.flush(effects)
    countInputs(this.#given.telemetry, effects)
    for (const { seat, reason } of effects.refused) this.#turnAway(seat, reason)
    for (const seat of effects.joined) this.#letIn(seat)
    for (const { seat, reason } of effects.left) this.#vacate(seat, reason)
  }

  /**
   * Moves every connection to the guests of the room that replaces this one, without closing it.
   *
   * Each is given WELCOME anew, with the epoch of that room. Seats that room does not know are dismissed for `reason`.
   */
  moveTo(other: Guests, reason: Reason): void {
    this.#holds.stop()
    const { machine } = this.#given
    for (const guest of [...this.#seated.values(), ...this.#watchers]) {
      if (guest.over) continue
      const { pipe, secret } = guest
      const seat = machine.seats.get(guest.seat)
      try {
        // The inputs of the tick that failed may be what it failed of.
        const fallen = seat && { acked: seat.told, sent: seat.acked, refusals: refusalsOf(guest) }
        const tick = Math.max(guest.formerTick, machine.sync.tick)
        const back = { seat: guest.seat, secret, epoch: 0, tick, user: seat?.user }
        guest.moved = guest.seat === 0 ? other.watch(pipe) : other.resume(pipe, back, fallen)
      } catch (error) {
        guest.dismiss(error instanceof Refused ? reason : refuse('CRASHED'))
      }
    }
  }

  /** Closes every connection: with a reason, for good; without, so that clients dial again. */
  dismissAll(reason: Reason | undefined, code: number): void {
    this.#holds.stop()
    for (const guest of [...this.#seated.values(), ...this.#watchers]) {
      if (reason !== undefined) guest.dismiss(reason, code)
      else if (!guest.over) {
        guest.over = true
        guest.pipe.close(code, 'AGAIN')
      }
    }
  }

  #enter(entry: Entry): void {
    this.#given.inbox.put(entry)
    this.#given.stirred()
  }

  #letIn(id: number): void {
    this.#arriving--
    const guest = this.#seated.get(id)
    const seat = this.#given.machine.seats.get(id)
    if (seat === undefined) return
    if (guest !== undefined) {
      const { clock, telemetry } = this.#given
      countCode(telemetry.dials, 'joined')
      this.#welcome(guest)
      this.#fanout.sendFull(guest, clock.now())
    }
    // The player was gone before the seat was there, and never learnt its token: nobody can come back to it.
    else this.#enter({ kind: 'leave', seat: id })
  }

  #turnAway(id: number, reason: Reason): void {
    this.#arriving--
    const guest = this.#seated.get(id)
    this.#seated.delete(id)
    if (guest === undefined || guest.over) return
    guest.over = true
    countCode(this.#given.telemetry.dials, reason.code)
    turnAway(guest.pipe, reason)
  }

  #vacate(id: number, reason: Reason): void {
    this.#holds.release(id)
    const guest = this.#seated.get(id)
    if (guest === undefined) return
    this.#seated.delete(id)
    this.desk.forget(guest)
    this.#fanout.remove(guest)
    guest.dismiss(reason)
  }

  /**
   * Writes WELCOME and makes the guest a member, which gets every tick from the next flush on. `epoch` is that of the
   * life in which it was here last, if it is known.
   */
  #welcome(guest: Guest, epoch = 0): void {
    const { machine, settings, clock, seal } = this.#given
    const { protocol, code } = machine
    const seat = machine.seats.get(guest.seat)
    guest.ack = seat?.told
    const token = guest.seat === 0 ? '' : writeToken(seal, { protocol: protocol.name, code }, guest)
    this.#w.clear()
    writeWelcome(this.#w, {
      epoch: machine.epoch,
      room: code,
      seat: guest.seat,
      token,
      ack: seat?.taken ?? 0,
      hz: settings.hz === 'events' ? 0 : settings.hz,
      ticksPerFrame: settings.ticksPerFrame,
      hold: settings.holdSeat,
      fork: this.#fanout.recall.fork(epoch),
      tick: machine.sync.tick,
      time: clock.now(),
    })
    guest.pipe.write(this.#w.take())
    this.#fanout.add(guest)
  }

  #leave(guest: Guest): void {
    if (guest.seat !== 0) return this.#enter({ kind: 'leave', seat: guest.seat })
    guest.dismiss({ code: 'LEFT', message: 'The watcher left.' })
    this.#lost(guest)
  }

  #lost(guest: Guest): void {
    this.#fanout.remove(guest)
    this.#watchers.delete(guest)
    const { machine, log, stirred } = this.#given
    // Its seat may have gone over to another connection.
    const had = this.#seated.get(guest.seat) === guest
    const seat = had ? machine.seats.get(guest.seat) : undefined
    if (had) this.#seated.delete(guest.seat)
    this.desk.forget(guest, seat)
    if (seat !== undefined) {
      this.#hold(seat.id, guest)
      log('debug', 'a player is away', this.desk.named(guest))
    }
    stirred()
  }

  #hold(seat: number, before: Account | undefined): void {
    this.#holds.hold(seat, before)
    this.#enter({ kind: 'away', seat })
  }
}
