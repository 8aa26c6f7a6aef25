import type { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import type { Clock } from '../core/clock.ts'
import { Refused } from '../core/errors.ts'
import type { Intent, Welcome } from '../core/frames/hello.ts'
import { writeHello } from '../core/frames/hello.ts'
import { down, WIRE } from '../core/frames/kinds.ts'
import type { Pong } from '../core/frames/play.ts'
import { readPong, writeAskFull, writeConfirm, writeInput, writeLeave } from '../core/frames/play.ts'
import type { Told } from '../core/frames/tick.ts'
import type { AnyProtocol } from '../core/protocol.ts'
import { Timeline } from './clocksync.ts'
import { say } from './codes.ts'
import type { Dial } from './dial.ts'
import { fit } from './fit.ts'
import type { Kept } from './keep.ts'
import { Outbox } from './outbox.ts'
import type { Pending } from './outbox.ts'
import { Playback } from './playback.ts'
import { Prediction } from './predict.ts'
import type { Predictable } from './predict.ts'
import { Pulse } from './pulse.ts'
import { onWake } from './redial.ts'
import { Replica } from './replica.ts'
import type { Commit } from './replica.ts'
import { Session } from './session.ts'
import type { Plan, Status } from './session.ts'
import { createSignals, throwLater } from './signals.ts'
import type { Signals } from './signals.ts'

/** FULLs in a row that cannot be read before the game is given up: the two ends do not speak the same. */
const MAX_SPOILT = 3

/** How old an input may be, in ms, to be sent again in a room that ticks by itself; more where ticks are slow. */
const STALE = 2000

/** How to enter a room: its code, or '' for any, and what is wanted there. */
export interface Entrance {
  readonly code: string
  readonly intent: Intent
}

/** What a game is made from. */
export interface Setup {
  readonly protocol: AnyProtocol
  readonly rules: Predictable | undefined
  readonly ticket: string
  readonly address: (code: string) => string
  readonly dial: Dial
  readonly clock: Clock
  readonly random: () => number
  /** Tried one after the other: the next where one is refused. */
  readonly entrances: readonly Entrance[]
  /** Given the way back, now and then; undefined when there is none any more. */
  readonly keep: ((kept: Kept | undefined) => void) | undefined
  /** Called once, when the first state is there. */
  readonly entered: () => void
  /** Called once, when it is over; perhaps without ever having been entered. */
  readonly ended: (reason: Refused) => void
}

/** As much of an input as its answer takes. */
type Answered = Pick<Pending, 'name' | 'value' | 'settle'>

/** The workings of a game: what comes in from the server, and what goes out. */
export class Play implements Plan {
  readonly dial: Dial
  readonly clock: Clock
  readonly random: () => number
  readonly signals: Signals = createSignals()
  readonly events: Signals = createSignals()
  readonly replica: Replica
  readonly outbox: Outbox = new Outbox()
  readonly timeline: Timeline = new Timeline()
  readonly playback: Playback = new Playback()
  readonly session: Session
  prediction: Prediction | undefined
  room: Welcome | undefined
  readonly #setup: Setup
  readonly #w = new Writer(256)
  /** Entrances that were refused. */
  #refused = 0
  /** Rises with everything that a prediction starts from. */
  #version = 0
  /** Whether a FULL was asked for and has not come. */
  #asking = false
  #spoilt = 0
  readonly #pulse: Pulse
  /** What was told before anybody could listen; undefined once somebody can. */
  #early: Told[] | undefined = []
  #deaf: () => void = () => {}

  constructor(setup: Setup) {
    this.#setup = setup
    this.dial = setup.dial
    this.clock = setup.clock
    this.random = setup.random
    this.replica = new Replica(setup.protocol)
    this.session = new Session(this)
    this.#pulse = new Pulse({
      clock: setup.clock,
      timeline: this.timeline,
      alive: () => this.session.open,
      confirm: () => this.#confirm(),
      beat: () => this.#keep(),
      silent: (grace, woken) => {
        this.session.doubt(grace)
        if (woken) this.session.hurry()
      },
    })
  }

  /** Dials. */
  start(): void {
    this.session.start()
    this.#pulse.start()
    this.#deaf = onWake(() => {
      this.#pulse.wake()
      this.session.hurry()
    })
  }

  hello(): { address: string; frame: Uint8Array } {
    const { protocol, ticket, address } = this.#setup
    const { code, intent } = this.#entrance()
    const frame = this.#write((w) =>
      writeHello(w, { wire: WIRE, protocol: protocol.name, hash: protocol.hash, ticket, ...intent }),
    )
    return { address: address(code), frame }
  }

  welcome(welcome: Welcome, again: boolean): void {
    const { protocol, rules } = this.#setup
    const { room: code, seat, hz } = welcome
    this.room = welcome
    this.#version++
    this.replica.renew(welcome.fork)
    this.timeline.start(welcome, this.clock.now())
    this.playback.pace(this.timeline.dt, this.timeline.dt * welcome.ticksPerFrame)
    this.prediction =
      rules && seat > 0
        ? new Prediction({ protocol, rules, code, seat, hz, report: (error) => this.#report(error) })
        : undefined
    this.#pulse.renew()
    const { dt } = this.timeline
    // Where only events tick, a move is as good later; and what was said on this line will arrive.
    const then = dt === 0 || again ? -Infinity : this.clock.now() - Math.max(STALE, 3 * dt)
    const stale = this.outbox.expire(welcome.ack, then)
    for (const pending of this.outbox.resend(welcome.ack)) this.#post(pending)
    for (const pending of stale) this.#answer({ pending, no: say('STALE') })
  }

  frame(kind: number, r: Reader): void {
    const now = this.clock.now()
    this.#pulse.heard()
    if (kind === down.PONG) return this.#pong(readPong(r), now)
    const { epoch } = this.replica
    const commit = this.replica.take(kind, r)
    if (kind === down.FULL) this.#asking = false
    if (commit === 'lost') return this.#lost(kind)
    if (kind === down.FULL) this.#spoilt = 0
    if (commit !== 'waiting') this.#commit(commit, epoch, now)
  }

  otherwise(no: Refused): boolean {
    const { entrances } = this.#setup
    // A watcher of any room may watch another when its own is gone.
    if (this.room?.seat === 0 && entrances[this.#refused]!.code === '' && no.code === 'UNKNOWN_ROOM') {
      this.room = undefined
      return true
    }
    if (this.room !== undefined || this.#refused + 1 >= entrances.length) return false
    this.#refused++
    return true
  }

  draining(within: number): void {
    this.signals.emit('draining', within)
  }

  changed(status: Status, reason: Refused | undefined): void {
    this.signals.emit('status', status, reason)
    if (reason === undefined) return
    this.#pulse.stop()
    this.#deaf()
    // A server that does not answer may do so later, and know the seat.
    if (reason.code !== 'UNREACHABLE') this.#setup.keep?.(undefined)
    for (const { settle } of this.outbox.clear()) settle?.(reason)
    this.signals.emit('closed', reason)
    this.#setup.ended(reason)
  }

  /** Puts an input on its way. `settle` is told how it ended; without it a refusal is signalled. Throws Misfit. */
  put(name: string, value: unknown, settle?: (no: Refused | null) => void): void {
    const { inputs } = this.#setup.protocol
    const input = inputs.findIndex((named) => named.name === name)
    if (input < 0) {
      const known = inputs.map((named) => named.name).join(', ') || 'none'
      throw new TypeError(`the protocol has no input '${name}'; it has: ${known}`)
    }
    const now = this.clock.now()
    const given = { name, input, value: fit(inputs[input]!, value), settle }
    const no = this.#obstacle()
    if (no !== undefined) return queueMicrotask(() => this.#answer({ pending: given, no }))
    const { prediction, replica } = this
    const arrival = Math.min(
      Math.floor(this.timeline.arrival(now)),
      prediction?.reach(replica.tick) ?? Infinity,
    )
    // No earlier than what is shown: the player acted on that. And no later than can be shown.
    const aim = Math.max(arrival, prediction?.tick ?? 0) + 1
    this.timeline.input(now)
    this.#post(this.outbox.add({ ...given, aim, at: now }))
  }

  /** Gives the state predicted for what is sent at `now`. */
  predict(now: number): object {
    const { tick, state, mine } = this.replica
    if (this.prediction === undefined || mine === undefined) return state!
    const base = { version: this.#version, tick, state: state!, mine }
    return this.prediction.run(base, this.outbox.pending, Math.floor(this.timeline.arrival(now)))
  }

  /** Leaves for good. */
  leave(): Promise<void> {
    this.session.send(this.#write(writeLeave))
    return this.session.close(say('LEFT'))
  }

  #entrance(): Entrance {
    const { room, replica } = this
    if (room === undefined) return this.#setup.entrances[this.#refused]!
    if (room.seat === 0) return { code: room.room, intent: { intent: 'watch' } }
    const { epoch, tick } = replica
    return { code: room.room, intent: { intent: 'resume', token: room.token, epoch, tick } }
  }

  #commit(commit: Commit, epoch: number, now: number): void {
    const { replica, signals, session } = this
    this.#version++
    if (commit.answer !== undefined) this.#pong(commit.answer, now)
    if (commit.state) this.#show(epoch, now)
    const settled = this.outbox.settle(commit.ack, commit.refusals)
    if (commit.state && session.status !== 'live') this.#enter(now)
    this.#pulse.beat()
    if (commit.state) signals.emit('state', replica.state, replica.tick)
    if (commit.undone > 0) signals.emit('undone', commit.undone)
    if (commit.missed > 0) signals.emit('missed', commit.missed)
    for (const told of commit.told) this.#tell(told)
    for (const one of settled) this.#answer(one)
  }

  /** Hands the new state to the view. `epoch` is that of the state before. */
  #show(epoch: number, now: number): void {
    const { replica, timeline, playback } = this
    timeline.frame(replica.tick, now)
    const late = timeline.synced ? (timeline.position(now) - replica.tick) * timeline.dt : undefined
    playback.push(replica.tick, replica.state!, { late, anew: replica.epoch !== epoch })
  }

  #enter(now: number): void {
    const away = this.session.status !== 'live'
    this.session.settle()
    // At once, not with the next beat: a page may be loaded anew before that.
    if (away) this.#keep()
    if (this.#early === undefined) return
    this.#setup.entered()
    // Whoever awaits the game listens to it one turn later.
    this.clock.at(now, () => {
      const early = this.#early ?? []
      this.#early = undefined
      for (const told of early) this.#tell(told)
    })
  }

  #tell(told: Told): void {
    if (this.#early !== undefined) this.#early.push(told)
    else this.events.emit(this.#setup.protocol.events[told.event]!.name, told.value, told.tick)
  }

  #answer({ pending, no }: { readonly pending: Answered; readonly no: Refused | null }): void {
    if (pending.settle !== undefined) pending.settle(no)
    else if (no !== null) this.signals.emit('refused', no, pending.name, pending.value)
  }

  #pong(pong: Pong, now: number): void {
    this.#pulse.answered(pong.echo)
    this.timeline.pong(pong, now)
  }

  #lost(kind: number): void {
    if (kind === down.FULL && ++this.#spoilt >= MAX_SPOILT) void this.session.close(new Refused('MALFORMED'))
    else if (!this.#asking) {
      this.#asking = true
      this.session.send(this.#write(writeAskFull))
    }
  }

  #confirm(): void {
    this.session.send(this.#write((w) => writeConfirm(w, this.#confirmed, this.clock.now())))
  }

  /** Keeps the way back to the seat. */
  #keep(): void {
    const { room, replica, session } = this
    if (room === undefined || room.seat === 0 || session.status !== 'live') return
    this.#setup.keep?.({ token: room.token, room: room.room, epoch: replica.epoch, tick: replica.tick })
  }

  /** The newest tick that came on this line. */
  get #confirmed(): number {
    return this.session.status === 'live' ? this.replica.tick : 0
  }

  #post(pending: Pending): void {
    const { inputs } = this.#setup.protocol
    const time = this.#pulse.told() ? this.clock.now() : undefined
    this.session.send(
      this.#write((w) => writeInput(w, inputs, pending, { confirmed: this.#confirmed, time })),
    )
  }

  /** Why an input cannot be sent at all. */
  #obstacle(): Refused | undefined {
    if (this.session.reason !== undefined) return this.session.reason
    if (this.room?.seat === 0) return new Refused('WATCHING')
    return this.outbox.full ? say('AWAY') : undefined
  }

  #report(error: unknown): void {
    if (!this.signals.emit('error', error)) throwLater(error)
  }

  #write(write: (w: Writer) => void): Uint8Array {
    this.#w.clear()
    write(this.#w)
    return this.#w.take()
  }
}
