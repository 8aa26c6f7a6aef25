import type { Clock } from '../core/clock.ts'
import type { Timeline } from './clocksync.ts'

/** How often the server is told what has come, in ms: by a CONFIRM, if no input says it. */
const BEAT = 500

/** How often a server that is heard is asked for its time, in ms, once that is known well: by an input. */
const ASK = 2000
/** And if no input comes: by a CONFIRM, a message more. */
const ASK_ANYHOW = ASK + BEAT

/** Silence that a live connection may keep, in ms; more where ticks or the way are slow. */
const SILENCE = 2000

/** Most that a slow way counts for, in ms: one answer that came after a long stall is not to hide a dead line. */
const SLOW = 10_000

/** A timer that comes later than so many ms says that this end was stopped: hidden, asleep, in a debugger. */
const PAUSE = 1500

/** Silence that makes one doubt a line when the page wakes, and until it has answered: it may be on another network. */
const GLANCE = 1000

/** What a line is granted at least to answer when another one is open, in ms. */
const GRACE = 250

/** What a pulse is for. */
export interface Heart {
  readonly clock: Clock
  readonly timeline: Timeline
  /** Whether there is a line to keep alive. */
  alive(): boolean
  /** Sends a CONFIRM, which is answered. */
  confirm(): void
  /** Called with each beat. */
  beat(): void
  /** The other end is silent. `grace`: ms within which it would answer, if at all. `woken`: somebody is waiting. */
  silent(grace: number, woken: boolean): void
}

/** Keeps a line alive, and finds out when it may be dead: some questions, each in vain, come before the doubt. */
export class Pulse {
  readonly #heart: Heart
  #heardAt: number
  /** When this end was found to have been stopped: the silence before says nothing of the other one. */
  #excusedAt = -Infinity
  #beatAt: number
  /** When it last beat, when an input last said what has come, and when the server was last asked for its time. */
  #lastAt = -Infinity
  #toldAt = -Infinity
  #askedAt = -Infinity
  /** When the page woke, until an answer has come to what was asked then: all else may have waited for it. */
  #wokeAt: number | undefined
  #cancel: () => void = () => {}

  constructor(heart: Heart) {
    this.#heart = heart
    this.#heardAt = this.#beatAt = heart.clock.now()
  }

  /** Beats until it is stopped. */
  start(): void {
    // Twice as often, so that no two confirms are much more than a beat apart.
    this.#cancel = this.#heart.clock.at(this.#heart.clock.now() + BEAT / 2, () => this.start())
    this.check()
  }

  stop(): void {
    this.#cancel()
  }

  /** Notes that something was heard. */
  heard(): void {
    const now = this.#heart.clock.now()
    const quiet = this.#isQuiet(now)
    this.#heardAt = now
    if (!quiet) return
    // What was asked in the silence is answered late, which says nothing of the way.
    this.#heart.timeline.pause(now)
    if (this.#heart.alive()) this.#ask(now)
  }

  /** Notes that what was asked `then` is answered. */
  answered(then: number): void {
    if (then >= (this.#wokeAt ?? 0)) this.#wokeAt = undefined
  }

  /** Notes that an input says what has come. Gives whether it is to ask for the time as well. */
  told(): boolean {
    const now = (this.#toldAt = this.#heart.clock.now())
    const asks = now - this.#askedAt >= ASK
    if (asks) this.#askedAt = now
    return asks
  }

  /** Beats if it is time to. Frames do this too: a hidden page has few timers, but hears what comes. */
  beat(): void {
    const now = this.#heart.clock.now()
    if (now - this.#lastAt < BEAT) return
    this.#lastAt = now
    this.#heart.beat()
    // Who plays tells the server enough, and a line that speaks need not be asked whether it lives.
    const enough = now - this.#toldAt < BEAT && now - this.#heardAt < BEAT && this.#heart.timeline.sure
    if (!enough || now - this.#askedAt >= ASK_ANYHOW) this.#ask(now)
  }

  /** Begins with a new line. */
  renew(): void {
    this.heard()
    this.#wokeAt = undefined
    this.#lastAt = this.#toldAt = -Infinity
    this.beat()
  }

  /** Looks after the line when the page wakes: what was silent before may be dead, and nobody wants to wait. */
  wake(): void {
    const now = this.#heart.clock.now()
    const quiet = this.#isQuiet(now)
    this.check()
    if (!this.#heart.alive()) return
    this.#wokeAt = now
    if (quiet) this.#silent()
    else this.#ask(now)
  }

  /** Looks after the line. */
  check(): void {
    const { clock, timeline } = this.#heart
    const now = clock.now()
    if (now - this.#beatAt > PAUSE) {
      // It was this end that was silent: hear the other one first.
      this.#excusedAt = now
      timeline.pause(now)
    }
    this.#beatAt = now
    if (!this.#heart.alive()) return
    const { dt, rtt, jitter } = timeline
    const since = Math.max(this.#heardAt, this.#excusedAt)
    const most = this.#wokeAt === undefined ? SILENCE : GLANCE
    if (now - since > Math.max(most, 3 * dt, Math.min(4 * rtt + 4 * jitter, SLOW))) this.#silent()
    this.beat()
  }

  #isQuiet(now: number): boolean {
    return now - this.#heardAt > Math.max(GLANCE, 3 * this.#heart.timeline.dt)
  }

  #ask(now: number): void {
    this.#askedAt = now
    this.#heart.confirm()
  }

  #silent(): void {
    const { rtt, jitter } = this.#heart.timeline
    this.#heart.silent(GRACE + Math.min(2 * rtt + 4 * jitter, SLOW), this.#wokeAt !== undefined)
  }
}
