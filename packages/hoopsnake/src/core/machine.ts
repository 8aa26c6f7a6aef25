import type { Type } from '../wire/type.ts'
import { Writer } from '../wire/writer.ts'
import type { Effects } from './effects.ts'
import { noEffects, ownOf } from './effects.ts'
import { codes, Crash, Refused } from './errors.ts'
import { createFace } from './face.ts'
import type { Reason } from './frames/hello.ts'
import type { Telling } from './frames/tick.ts'
import type { Entry, Input } from './inbox.ts'
import type { RoomKind } from './kind.ts'
import type { AnyProtocol, Data, Named } from './protocol.ts'
import type { Random } from './random.ts'
import type { Given, Outcome, Room, Seat } from './rules.ts'
import { MAX_FAILURES, SeatRecord } from './seats.ts'
import type { Flushed } from './sync.ts'
import { Sync } from './sync.ts'

/** What a room begins as: new, or as a checkpoint says. */
export interface Beginning {
  readonly code: string
  readonly epoch: number
  readonly tick: number
  readonly random: Random
  readonly hz: number
}

/** What a restored room has that a new one has not. */
export interface Kept {
  readonly state: Data
  readonly hidden: Data
  readonly seats: readonly SeatRecord[]
}

/** A tick, and what was taken from the inbox for it. */
interface Ticked {
  readonly tick: number
  readonly taken: readonly Entry[]
}

/** Times that the ticks are made to find one failing entry each, and then times that all which fail are taken out. */
const ONE_BY_ONE = 8
const TOGETHER = 8

const inputFailed: Reason = { code: 'INPUT_FAILED', message: codes.INPUT_FAILED }

/**
 * The machine that runs one room's rules, tick by tick, as transactions.
 *
 * `run` makes ticks; `flush` ends the transaction. Until the flush nothing leaves the room, so that a handler which
 * throws can be undone: data and chance go back to the last flush and the ticks since then are made again without that
 * entry. A fault that no entry is to blame for is thrown as {@link Crash}; the machine is of no use after it.
 */
export class Machine {
  readonly kind: RoomKind
  readonly protocol: AnyProtocol
  readonly code: string
  readonly epoch: number
  /** What rules see as `room.hz`. */
  readonly hz: number
  readonly random: Random
  readonly seats: Map<number, SeatRecord> = new Map()
  tick: number
  /** Undefined only while `create` runs. */
  state!: Data
  hidden!: Data
  readonly sync: Sync
  /** Since the last flush: its ticks, how to undo what they did to seats, what they want done. */
  #window: Ticked[] = []
  #undo: (() => void)[] = []
  /** The seats as of the last flush, once one has come or gone. */
  #seatsBefore: readonly SeatRecord[] | undefined
  #effects = noEffects()
  #chance: readonly [number, number, number, number]
  #condemned = new Set<number>()
  /** Kicked in the tick being made. */
  #kicked = new Map<number, Reason>()
  /** The handler that runs. */
  #where = 'create'
  readonly #scratch = new Writer(64)
  readonly #face: Room<AnyProtocol>

  /** Makes the room anew from `loaded` and `options`, or as it was `kept`. Throws Crash. */
  constructor(kind: RoomKind, beginning: Beginning, from: Given<AnyProtocol, unknown> | { kept: Kept }) {
    this.kind = kind
    this.protocol = kind.protocol
    this.hz = beginning.hz
    this.code = beginning.code
    this.epoch = beginning.epoch
    this.tick = beginning.tick
    this.random = beginning.random
    this.#face = createFace(this, {
      tell: (only, event, value) => this.#tell(only, event, value),
      publish: (message, value) => this.#publish(message, value),
      later: (run, result) => this.#effects.work.push({ run, result }),
      close: (reason) => (this.#effects.closed ??= reason),
    })
    try {
      if ('kept' in from) this.#takeOver(from.kept)
      else this.#create(from)
      this.sync = new Sync(kind.protocol, this, this)
    } catch (error) {
      throw new Crash(this.#where, error)
    }
    this.#chance = this.random.state
  }

  /** Makes one tick: applies what was taken from the inbox, in order, then runs the rules' `tick`. Throws Crash. */
  run(tick: number, taken: readonly Entry[]): void {
    this.#window.push({ tick, taken })
    let unmade = this.#window.slice(-1)
    try {
      for (let round = 1; !unmade.every((one) => this.#make(one, round)); round++) {
        this.#rollBack()
        unmade = this.#window
        if (round === ONE_BY_ONE + TOGETHER) this.#failAll()
      }
    } catch (error) {
      throw new Crash(this.#where, error)
    }
  }

  /** Ends the transaction: compares and encodes the data, hands out what the ticks want done. Throws Crash. */
  flush(): { flushed: Flushed; effects: Effects } {
    const effects = this.#effects
    let flushed: Flushed
    try {
      flushed = this.sync.flush(this.tick, this, effects.tellings)
    } catch (error) {
      throw new Crash('state', error)
    }
    for (const seat of effects.acked) seat.told = seat.acked
    this.#window = []
    this.#undo = []
    this.#seatsBefore = undefined
    this.#condemned.clear()
    this.#effects = noEffects()
    this.#chance = this.random.state
    return { flushed, effects }
  }

  /** Closes a seat at the end of the tick being made: what `seat.kick` does, the same function for all seats. */
  readonly kick: (seat: number, message: string) => void = (seat, message) => {
    this.#kicked.set(seat, { code: 'KICKED', message })
  }

  #create(given: Given<AnyProtocol, unknown>): void {
    this.#where = 'hidden'
    this.hidden = synchronous(this.kind.rules.hidden?.(this.#face, given)) ?? {}
    this.#where = 'create'
    this.state = synchronous(this.kind.rules.create(this.#face, given))
  }

  #takeOver(kept: Kept): void {
    this.state = kept.state
    this.hidden = kept.hidden
    for (const seat of kept.seats) this.seats.set(seat.id, seat)
  }

  /** Makes one tick. False where an entry failed: the ticks since the last flush are to be made again. */
  #make({ tick, taken }: Ticked, round: number): boolean {
    this.tick = tick
    this.#kicked.clear()
    if (!this.#applyAll(taken, round)) return false
    this.#where = 'tick'
    synchronous(this.kind.rules.tick?.(this.#face))
    for (const id of this.#condemned)
      this.kick(id, `${MAX_FAILURES} inputs of this seat failed within a minute`)
    for (const [id, reason] of this.#kicked) this.#leave(id, reason)
    return true
  }

  /**
   * Applies entries, in order. False where some failed; they are marked, and what they wrote is to be undone.
   *
   * Each failing entry costs the ticks once more, so there is a bound. The first few are found one by one. After that,
   * all that fail in one go are taken out together, though one may have failed because of what another had half done.
   */
  #applyAll(taken: readonly Entry[], round: number): boolean {
    let failed = false
    for (const entry of taken) {
      try {
        this.#apply(entry)
      } catch (error) {
        if (!this.#blame(entry, error, failed)) {
          // What the room cannot do without may have failed because of an entry before it.
          if (failed) return false
          throw error
        }
        if (round <= ONE_BY_ONE) return false
        failed = true
      }
    }
    return !failed
  }

  #apply(entry: Entry): void {
    switch (entry.kind) {
      case 'join':
        return this.#join(entry)
      case 'input':
        return this.#input(entry)
      case 'leave':
        return this.#leave(entry.seat, { code: 'LEFT', message: 'The player left.' })
      case 'away':
      case 'back':
        return this.#setAway(entry.seat, entry.kind)
      case 'late':
        this.#where = 'late'
        return synchronous(this.kind.rules.late?.(this.#face, entry))
      case 'message': {
        const { name, type } = this.protocol.messages[entry.message]!
        this.#where = `messages.${name}`
        return synchronous(this.kind.rules.messages![name]!(this.#face, type.copy(entry.value)))
      }
      case 'result': {
        const { name, type } = this.protocol.results[entry.result]!
        this.#where = `results.${name}`
        return synchronous(this.kind.rules.results![name]!(this.#face, copyOutcome(entry.outcome, type)))
      }
    }
  }

  #join(entry: Entry & { kind: 'join' }): void {
    const { failed } = entry
    if (failed !== undefined) return void this.#effects.refused.push({ seat: entry.seat, reason: failed })
    const seat = new SeatRecord({ id: entry.seat, digest: entry.digest, user: entry.user }, this.kick)
    this.#seatsBefore ??= [...this.seats.values()]
    this.seats.set(seat.id, seat)
    this.#where = 'mine'
    seat.mine = synchronous(this.kind.rules.mine?.(this.#face, seat)) ?? seat.mine
    const ask = this.protocol.join.copy(entry.ask as Data)
    this.#where = 'join'
    const answer = synchronous(this.kind.rules.join?.(this.#face, seat, ask))
    if (answer instanceof Refused) {
      this.seats.delete(seat.id)
      this.#effects.refused.push({ seat: seat.id, reason: answer })
    } else this.#effects.joined.push(seat.id)
  }

  #input(entry: Input): void {
    const seat = this.seats.get(entry.seat)
    if (seat === undefined) return
    const effects = this.#effects
    // The first one since the flush.
    if (seat.acked === seat.told) effects.acked.push(seat)
    seat.acked = entry.seq
    effects.consumed++
    const { name, type } = this.protocol.inputs[entry.input]!
    const refused = entry.failed ?? this.#handle(name, seat, type.copy(entry.value))
    if (refused === undefined) return
    const { code, message } = refused
    ownOf(effects, seat.id).refusals.push({ seq: entry.seq, code, message })
  }

  #handle(name: string, seat: Seat, value: unknown): Reason | undefined {
    this.#where = `inputs.${name}`
    const answer = synchronous(this.kind.rules.inputs![name]!(this.#face, seat, value))
    return answer instanceof Refused ? answer : undefined
  }

  #leave(id: number, reason: Reason): void {
    const seat = this.seats.get(id)
    if (seat === undefined) return
    this.#seatsBefore ??= [...this.seats.values()]
    this.#where = 'leave'
    synchronous(this.kind.rules.leave?.(this.#face, seat))
    this.seats.delete(id)
    this.#effects.left.push({ seat: id, reason })
  }

  #setAway(id: number, hook: 'away' | 'back'): void {
    const seat = this.seats.get(id)
    const away = hook === 'away'
    if (seat === undefined || seat.away === away) return
    this.#undo.push(() => (seat.away = !away))
    seat.away = away
    this.#where = hook
    synchronous(this.kind.rules[hook]?.(this.#face, seat))
  }

  /**
   * Marks an entry as failed. False where the room cannot go on without it. `unsure` is whether another entry had failed
   * before it: then the fault need not be its own, and its seat is not charged with it.
   */
  #blame(entry: Entry, error: unknown, unsure: boolean): boolean {
    if ((entry.kind !== 'input' && entry.kind !== 'join') || entry.failed !== undefined) return false
    if (error instanceof Refused) {
      // A refusal that was thrown undoes what came before it, and is nobody's fault.
      entry.failed = error
      return true
    }
    entry.failed = inputFailed
    this.failed?.(entry, new Crash(this.#where, error))
    if (entry.kind === 'input' && !unsure) this.#strike(entry.seat)
    return true
  }

  /** Marks every input and join since the last flush as failed: the room goes on without any. */
  #failAll(): void {
    for (const { taken } of this.#window) {
      for (const one of taken) {
        if (one.kind === 'input' || one.kind === 'join') one.failed ??= inputFailed
      }
    }
  }

  /** Told of each input or join that failed; set by the host, which logs. */
  failed?: (entry: Entry & { kind: 'input' | 'join' }, crash: Crash) => void

  #strike(id: number): void {
    const seat = this.seats.get(id)
    if (seat === undefined) return
    const minute = this.#face.after('60s') - this.tick
    seat.failures = [...seat.failures.filter((tick) => tick > this.tick - minute), this.tick]
    if (seat.failures.length < MAX_FAILURES) return
    this.#condemned.add(id)
    // Its other inputs are not tried: each failing one would cost the room its ticks once more.
    for (const { taken } of this.#window) {
      for (const one of taken) {
        if (one.kind === 'input' && one.seat === id) one.failed ??= inputFailed
      }
    }
  }

  #rollBack(): void {
    for (const undo of this.#undo.reverse()) undo()
    this.#undo = []
    if (this.#seatsBefore !== undefined) {
      this.seats.clear()
      for (const seat of this.#seatsBefore) this.seats.set(seat.id, seat)
    }
    this.#effects = noEffects()
    this.random.restore(this.#chance)
    const before = this.sync.restore()
    this.state = before.state
    this.hidden = before.hidden
    for (const seat of this.seats.values()) {
      seat.mine = before.mine(seat.id) ?? seat.mine
      seat.acked = seat.told
    }
  }

  /** Keeps an event for the flush. */
  #tell(only: Seat | undefined, event: number, value: unknown): void {
    const payload = this.#written(this.protocol.events[event]!, value)
    const { tellings } = this.#effects
    const last = tellings.at(-1)
    const place = last?.tick === this.tick ? last.place + 1 : 0
    const telling: Telling = { tick: this.tick, place, event, payload }
    if (only === undefined) tellings.push(telling)
    else ownOf(this.#effects, only.id).tellings.push(telling)
  }

  /** Keeps a message for the flush. */
  #publish(message: number, value: unknown): void {
    const payload = this.#written(this.protocol.messages[message]!, value)
    this.#effects.published.push({ message, payload })
  }

  /** Writes a payload now, not at the flush: one that does not fit is the fault of the handler that gave it. */
  #written({ name, type }: Named, value: unknown): Uint8Array {
    const where = this.#where
    this.#where = `${where}, ${name}`
    this.#scratch.clear()
    type.write(this.#scratch, type.copy(value))
    this.#where = where
    return this.#scratch.take()
  }
}

/** Gives what a hook returned, unless it is a promise: what comes after its first `await` would be no part of the tick. */
export function synchronous<T>(answer: T): T {
  if (answer instanceof Promise) {
    // Its own failure would come too late to be told.
    answer.catch(() => {})
    throw new Error('returned a promise; rules are synchronous: start slow work by room.later(…)')
  }
  return answer
}

/** Copies an answer: rules may keep it in their state, and its entry may have to be applied again. */
function copyOutcome(outcome: Outcome<unknown>, type: Type<unknown>): Outcome<unknown> {
  return outcome.ok ? { ok: true, value: type.copy(outcome.value) } : outcome
}
