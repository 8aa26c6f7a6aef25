import { Writer } from '../wire/writer.ts'
import { writeCheckpoint } from './checkpoint.ts'
import type { Clock } from './clock.ts'
import type { Effects } from './effects.ts'
import { refuse } from './errors.ts'
import { Fanout, FULL_EVERY } from './fanout.ts'
import type { Reason } from './frames/hello.ts'
import { writeWelcome } from './frames/hello.ts'
import type { Up } from './frames/play.ts'
import { writePong } from './frames/play.ts'
import type { Guest } from './guest.ts'
import { connectionOf, createGuest, dismiss, turnAway } from './guest.ts'
import type { Entry } from './inbox.ts'
import { createInbox } from './inbox.ts'
import { releaseInputs, takeInput } from './intake.ts'
import { createBucket } from './limits.ts'
import type { Connection, Listing } from './link.ts'
import type { Log } from './log.ts'
import type { Loops } from './loop.ts'
import { Machine } from './machine.ts'
import type { Pace } from './pace.ts'
import { eventPace, steadyPace } from './pace.ts'
import type { Pipe } from './pipe.ts'
import { close } from './pipe.ts'
import type { Saver } from './saver.ts'
import { checkpointKey, createSaver } from './saver.ts'
import type { Settings } from './settings.ts'
import type { Store } from './store.ts'
import type { Work } from './work.ts'
import { createWork } from './work.ts'

/** What an open room is given by its host. */
export interface RoomGiven {
  readonly settings: Settings
  readonly private: boolean
  /** Id of the next seat. */
  readonly nextSeat: number
  readonly clock: Clock
  readonly loops: Loops
  readonly store: Store
  readonly log: Log
  /** Makes an unguessable token. */
  readonly token: () => string
  /** Told once, when the room is no more. */
  readonly ended: (how: Ended) => void
}

/** How a room ended: closed, stopped with the server (a checkpoint was taken, if it has any), or by a fault. */
export type Ended = { readonly how: 'closed' | 'stopped' } | { readonly how: 'crashed'; readonly error: unknown }

/** An open room: a machine, its inbox, its pace, and those who are in it. */
export class OpenRoom {
  readonly private: boolean
  readonly settings: Settings
  readonly #given: RoomGiven
  readonly #machine: Machine
  readonly #inbox
  readonly #fanout: Fanout
  readonly #pace: Pace
  readonly #work: Work
  readonly #w = new Writer(256)
  /** Connections of seats, by seat; those of seats that are on their way in included. */
  readonly #guests = new Map<number, Guest>()
  readonly #watchers = new Set<Guest>()
  /** How to call off the end of each held seat. */
  readonly #holds = new Map<number, () => void>()
  #arriving = 0
  #nextSeat: number
  #tickedAt: number
  #callOffClose: (() => void) | undefined
  /** Whether the step being made is the last before the room stops. */
  #last = false
  #over = false
  /** Keeps checkpoints; undefined in rooms that are not saved. */
  readonly saver: Saver | undefined

  constructor(machine: Machine, given: RoomGiven) {
    const { settings, clock, log } = given
    const { protocol, code } = machine
    this.private = given.private
    this.settings = settings
    this.#given = given
    this.#machine = machine
    this.#nextSeat = given.nextSeat
    this.#tickedAt = clock.now()
    this.#inbox = createInbox(settings.inbox)
    this.#fanout = new Fanout(machine.sync, machine.epoch)
    const paceGiven = {
      tick: () => machine.tick,
      step: (first: number, count: number) => this.#step(first, count),
      failed: (error: unknown) => this.#crash(error),
    }
    this.#pace =
      settings.hz === 'events' ? eventPace(clock, paceGiven) : steadyPace(given.loops, { hz: settings.hz, late: settings.late }, paceGiven)
    this.#work = createWork(protocol.results, { store: given.store }, (result, outcome) => {
      if (!outcome.ok) log('warn', `slow work failed: ${outcome.message}`, { ...this.#name, code: outcome.code })
      this.#enter({ kind: 'result', result, outcome })
    })
    machine.failed = (entry, crash) =>
      log('warn', `dropped an input that failed in ${crash.message}`, { room: code, tick: machine.tick, entry, error: crash.cause })
    for (const seat of machine.seats.values()) this.#hold(seat.id)
    this.saver = this.#createSaver()
    this.#settle()
  }

  get code(): string {
    return this.#machine.code
  }

  /** Tick of the newest state. */
  get tick(): number {
    return this.#machine.tick
  }

  /** The machine, for simulations and tests that compare. */
  get machine(): Machine {
    return this.#machine
  }

  get listing(): Listing {
    const { seats, watchers } = this.counts
    return { code: this.code, seats, seatsMax: this.settings.seats, watchers }
  }

  get counts(): { seats: number; watchers: number } {
    return { seats: this.#machine.seats.size + this.#arriving, watchers: this.#watchers.size }
  }

  /** Lets a player in at the next tick. Throws Refused. */
  join(pipe: Pipe, ask: unknown, user: unknown): Connection {
    if (this.counts.seats >= this.settings.seats) throw refuse('ROOM_FULL')
    const guest = this.#admit(pipe, this.#nextSeat)
    const token = this.#given.token()
    if (!this.#enter({ kind: 'join', seat: guest.seat, token, user, ask })) throw refuse('ROOM_BUSY')
    this.#nextSeat++
    this.#arriving++
    this.#guests.set(guest.seat, guest)
    this.#settle()
    return this.#connect(guest)
  }

  /** Lets a watcher in at once. Throws Refused. */
  watch(pipe: Pipe): Connection {
    if (this.#watchers.size >= this.settings.watchers) throw refuse('ROOM_FULL')
    const guest = this.#admit(pipe, 0)
    this.#watchers.add(guest)
    this.#welcome(guest, '')
    this.#settle()
    return this.#connect(guest)
  }

  /** Brings a player back to a held seat; a connection that still has it is closed. Throws Refused. */
  resume(pipe: Pipe, token: string): Connection {
    const seat = [...this.#machine.seats.values()].find((one) => one.token === token)
    if (seat === undefined) throw refuse('GONE')
    const before = this.#guests.get(seat.id)
    if (before !== undefined) {
      this.#fanout.members.delete(before.member)
      dismiss(before, refuse('TAKEN_OVER'))
    }
    const guest = this.#admit(pipe, seat.id)
    this.#guests.set(seat.id, guest)
    this.#holds.get(seat.id)?.()
    this.#holds.delete(seat.id)
    this.#enter({ kind: 'back', seat: seat.id })
    this.#welcome(guest, token)
    return this.#connect(guest)
  }

  /** Closes the room for good; everybody is told why. */
  close(reason: Reason): void {
    if (this.#over) return
    this.#end(reason, close.DONE)
    this.saver?.forget()
    this.#given.ended({ how: 'closed' })
  }

  /** Ends the room because the server stops: what waits is applied, a checkpoint is taken, clients dial again. */
  async stop(): Promise<void> {
    if (this.#over) return
    // A last tick, so that what was taken in is applied; the flush it ends with is what the checkpoint holds.
    this.#last = true
    this.#step(this.tick + 1, 1)
    if (this.#over) return
    this.#end(undefined, close.AGAIN)
    await this.saver?.save()
    this.#given.ended({ how: 'stopped' })
  }

  /** Closes all connections after a fault. With `again`, clients dial again: the room will be there. */
  abandon(again: boolean): void {
    this.#end(again ? undefined : refuse('CRASHED'), again ? close.AGAIN : close.DONE)
  }

  get #name(): { room: string; game: string; tick: number } {
    return { room: this.code, game: this.#machine.protocol.name, tick: this.tick }
  }

  #admit(pipe: Pipe, seat: number): Guest {
    return createGuest(pipe, seat, createBucket(this.settings.inputs))
  }

  #connect(guest: Guest): Connection {
    return connectionOf(guest, this.#machine.protocol.inputs, {
      frame: (from, up) => this.#frame(from, up),
      lost: (from) => this.#lost(from),
    })
  }

  /** Puts an entry in and sees to it that a tick will take it. */
  #enter(entry: Entry): boolean {
    if (this.#over) return false
    const fits = this.#inbox.put(entry)
    if (fits) this.#settle()
    return fits
  }

  #step(first: number, count: number): void {
    try {
      const into = { inbox: this.#inbox, now: this.#given.clock.now() }
      for (const guest of this.#guests.values()) if (guest.waiting.length > 0) releaseInputs(guest, into)
      let taken = this.#inbox.drain()
      for (let tick = first; tick < first + count; tick++) {
        this.#machine.run(tick, taken)
        taken = []
      }
      this.#tickedAt = this.#given.clock.now()
      const { ticksPerFrame } = this.settings
      const frame = (tick: number): number => Math.floor(tick / ticksPerFrame)
      if (frame(this.tick) > frame(this.#machine.sync.tick) || this.#drowsy || this.#last) this.#flush()
    } catch (error) {
      this.#crash(error)
    }
    this.#settle()
  }

  #flush(): void {
    const { clock } = this.#given
    const { flushed, effects } = this.#machine.flush()
    this.#fanout.flush(flushed, effects, this.#machine.seats, clock.now())
    for (const { seat, reason } of effects.refused) this.#turnAway(seat, reason)
    for (const seat of effects.joined) this.#letIn(seat, effects)
    for (const { seat, reason } of effects.left) this.#vacate(seat, reason)
    for (const work of effects.work) this.#work.start(work)
    if (effects.closed !== undefined) this.close(effects.closed)
  }

  #letIn(id: number, effects: Effects): void {
    this.#arriving--
    const guest = this.#guests.get(id)
    const seat = this.#machine.seats.get(id)
    if (seat === undefined) return
    // The player was gone before the seat was there, and never learnt its token: nobody can come back to it.
    if (guest === undefined) return void this.#enter({ kind: 'leave', seat: id })
    this.#welcome(guest, seat.token, effects)
  }

  #turnAway(id: number, reason: Reason): void {
    this.#arriving--
    const guest = this.#guests.get(id)
    this.#guests.delete(id)
    if (guest === undefined || guest.over) return
    guest.over = true
    turnAway(guest.member.pipe, reason)
  }

  #vacate(id: number, reason: Reason): void {
    this.#holds.get(id)?.()
    this.#holds.delete(id)
    const guest = this.#guests.get(id)
    if (guest === undefined) return
    this.#guests.delete(id)
    this.#fanout.members.delete(guest.member)
    dismiss(guest, reason)
  }

  /** Writes WELCOME and the whole state; from the next flush on the guest gets every tick. */
  #welcome(guest: Guest, token: string, effects?: Effects): void {
    const { clock } = this.#given
    const { settings } = this
    const { seats } = this.#machine
    this.#w.clear()
    writeWelcome(this.#w, {
      epoch: this.#machine.epoch,
      room: this.code,
      seat: guest.seat,
      token,
      ack: seats.get(guest.seat)?.taken ?? 0,
      hz: settings.hz === 'events' ? 0 : settings.hz,
      ticksPerFrame: settings.ticksPerFrame,
      hold: settings.holdSeat,
      tick: this.#machine.sync.tick,
      time: clock.now(),
    })
    guest.member.pipe.write(this.#w.take())
    this.#fanout.add(guest.member, effects?.own.get(guest.seat))
    this.#fanout.sendFull(guest.member, seats, clock.now())
  }

  #frame(guest: Guest, up: Up): void {
    switch (up.kind) {
      case 'input':
        this.#confirm(guest, up.confirmed)
        return this.#input(guest, up)
      case 'confirm':
        this.#confirm(guest, up.confirmed)
        return this.#pong(guest, up.time)
      case 'askFull':
        return this.#askFull(guest)
      case 'leave':
        if (guest.seat !== 0) this.#enter({ kind: 'leave', seat: guest.seat })
        else {
          dismiss(guest, { code: 'LEFT', message: 'The watcher left.' })
          this.#lost(guest)
        }
    }
  }

  #confirm({ member }: Guest, tick: number): void {
    // Believed only as far as it was sent: it decides nothing but whether the client is skipped.
    if (tick <= member.base) member.confirmed = Math.max(member.confirmed, tick)
  }

  #input(guest: Guest, up: Up & { kind: 'input' }): void {
    if (guest.seat === 0) return this.#fanout.refuse(guest.member, { seq: up.seq, ...reasonOf('WATCHING') })
    const seat = this.#machine.seats.get(guest.seat)
    if (seat === undefined) return
    takeInput(guest, seat, up, { inbox: this.#inbox, now: this.#given.clock.now() })
    this.#settle()
  }

  #pong({ member }: Guest, echo: number): void {
    this.#w.clear()
    writePong(this.#w, { echo, time: this.#given.clock.now(), tick: this.tick, due: this.#tickedAt })
    member.pipe.write(this.#w.take())
  }

  #askFull({ member }: Guest): void {
    const now = this.#given.clock.now()
    member.base = -1
    if (this.#awake || now - member.fullAt < FULL_EVERY) return this.#settle()
    this.#fanout.sendFull(member, this.#machine.seats, now)
  }

  #lost(guest: Guest): void {
    this.#fanout.members.delete(guest.member)
    if (guest.seat === 0) this.#watchers.delete(guest)
    else if (this.#guests.get(guest.seat) === guest) {
      this.#guests.delete(guest.seat)
      if (this.#machine.seats.has(guest.seat)) this.#hold(guest.seat)
    }
    this.#settle()
  }

  /** Holds a seat for its player; after a while it is given up. */
  #hold(id: number): void {
    const { clock } = this.#given
    this.#enter({ kind: 'away', seat: id })
    const giveUp = (): void => {
      this.#holds.delete(id)
      this.#enter({ kind: 'leave', seat: id })
    }
    this.#holds.set(id, clock.at(clock.now() + this.settings.holdSeat, giveUp))
  }

  /** Whether nothing moves until something enters. */
  get #idle(): boolean {
    if (this.#machine.seats.size === 0) return true
    return this.settings.idle(this.#machine.state) && !this.#fanout.owing
  }

  /** Whether the step that was made is the last for a while: what it did is then sent now. */
  get #drowsy(): boolean {
    return this.#inbox.waiting.length === 0 && (this.settings.hz === 'events' || this.#idle)
  }

  get #awake(): boolean {
    return !this.#drowsy
  }

  /** Decides, after anything that happened, whether to tick on, to sleep, or to close. */
  #settle(): void {
    if (this.#over) return
    try {
      this.#pace.settle({
        pending: this.#inbox.waiting.length > 0,
        throttled: this.#throttled,
        idle: this.#idle,
        deadline: this.settings.deadline(this.#machine.state),
      })
    } catch (error) {
      return this.#crash(error)
    }
    const { seats, watchers } = this.counts
    if (seats + watchers > 0) {
      this.#callOffClose?.()
      this.#callOffClose = undefined
    } else if (this.#callOffClose === undefined) {
      const { clock } = this.#given
      this.#callOffClose = clock.at(clock.now() + this.settings.closeEmptyAfter, () => this.close(refuse('ROOM_CLOSED')))
    }
  }

  get #throttled(): boolean {
    for (const guest of this.#guests.values()) if (guest.waiting.length > 0) return true
    return false
  }

  #createSaver(): Saver | undefined {
    const { store, clock, log, settings, private: hidden } = this.#given
    if (settings.saveEvery === undefined) return undefined
    return createSaver({
      store,
      clock,
      log,
      key: checkpointKey(this.#machine.protocol.name, this.code),
      every: settings.saveEvery,
      // Between flushes the data belongs to no tick that anybody has seen.
      tick: () => (this.tick === this.#machine.sync.tick ? this.tick : undefined),
      take: () => writeCheckpoint(this.#machine, { private: hidden, nextSeat: this.#nextSeat }),
    })
  }

  #crash(error: unknown): void {
    if (this.#over) return
    this.#given.log('error', 'the room failed', { ...this.#name, error })
    this.#given.ended({ how: 'crashed', error })
  }

  /** Stops everything that runs and closes every connection, in this turn. */
  #end(reason: Reason | undefined, code: number): void {
    this.#over = true
    this.#pace.stop()
    this.#work.stop()
    this.saver?.stop()
    this.#callOffClose?.()
    for (const callOff of this.#holds.values()) callOff()
    for (const guest of [...this.#guests.values(), ...this.#watchers]) {
      if (reason !== undefined) dismiss(guest, reason, code)
      else if (!guest.over) {
        guest.over = true
        guest.member.pipe.close(code, 'AGAIN')
      }
    }
  }
}

function reasonOf(code: Parameters<typeof refuse>[0]): Reason {
  const { message } = refuse(code)
  return { code, message }
}
