import type { Clock } from '../core/clock.ts'
import type { Timeline } from './clocksync.ts'

/** How often the server is told what has come, and asked for its time, in ms. */
const BEAT = 500

/** Silence that a live connection may keep, in ms; more where ticks or the way are slow. */
const SILENCE = 2000

/** A timer that comes later than so many ms says that this end was stopped: hidden, asleep, in a debugger. */
const PAUSE = 1500

/** What a pulse is for. */
export interface Heart {
  readonly clock: Clock
  readonly timeline: Timeline
  /** Whether there is a line to keep alive. */
  alive(): boolean
  /** Sends a CONFIRM, which is answered. */
  confirm(): void
  /** The other end is silent: gives the line up. */
  silent(): void
}

/** Keeps a line alive, and finds out when it is dead: some questions, each in vain, come before giving up. */
export class Pulse {
  readonly #heart: Heart
  #heardAt: number
  #beatAt: number
  #confirmedAt = -Infinity
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
    this.#heardAt = this.#heart.clock.now()
  }

  /** Confirms if it is time to. Frames do this too: a hidden page has few timers, but hears what comes. */
  confirm(): void {
    const now = this.#heart.clock.now()
    if (now - this.#confirmedAt < BEAT) return
    this.#confirmedAt = now
    this.#heart.confirm()
  }

  /** Begins with a new line. */
  renew(): void {
    this.heard()
    this.#confirmedAt = -Infinity
    this.confirm()
  }

  /** Looks after the line. */
  check(): void {
    const { clock, timeline } = this.#heart
    const now = clock.now()
    if (now - this.#beatAt > PAUSE) {
      // It was this end that was silent: hear the other one first.
      this.#heardAt = now
      timeline.pause()
    }
    this.#beatAt = now
    if (!this.#heart.alive()) return
    const { dt, rtt, jitter } = timeline
    if (now - this.#heardAt > Math.max(SILENCE, 3 * dt, 4 * rtt + 4 * jitter)) this.#heart.silent()
    else this.confirm()
  }
}
