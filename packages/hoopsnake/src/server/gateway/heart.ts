import type { Clock } from '../../core/clock.ts'
import type { Entry, Timer } from '../../core/timer.ts'
import type { FullLimits } from './limits.ts'
import type { Line } from './line.ts'

/** What hearts have in common. */
export interface HeartGiven {
  readonly limits: Pick<FullLimits, 'ping' | 'silence'>
  readonly clock: Clock
  readonly timer: Timer
}

/** Whose heart it is. */
export interface Alive {
  readonly line: Pick<Line, 'ping'>
  /** Nothing was heard for too long. */
  silent(): void
}

/** A beat that comes later than so many ms says that the server was stopped or blocked. */
const PAUSE = 1000

/** Beats after which also a client that speaks is pinged, for the round trip. */
const ROUND_TRIP = 6

/**
 * Pings who says nothing, and now and then who speaks; finds out who has fallen silent, and stops then.
 *
 * It is its own entry of the timer: there is one for each connection.
 */
export class Heart implements Entry {
  due: number
  readonly order = 0
  place: number = -1
  readonly #given: HeartGiven
  readonly #whose: Alive
  /** When something was heard last, in whole ms, as `due` is: V8 keeps a fraction in an object of its own. */
  #last: number
  /** When the ping was sent that waits for its pong; 0: none does. */
  #pinged = 0
  #beats = 0

  /** Starts to beat. */
  constructor(given: HeartGiven, whose: Alive) {
    this.#given = given
    this.#whose = whose
    this.#last = Math.trunc(given.clock.now())
    this.due = this.#last + given.limits.ping
    given.timer.put(this)
  }

  heard(now: number): void {
    this.#last = Math.trunc(now)
  }

  /** Gives how long ago the ping was sent that a pong at `now` answers, in ms; undefined where none is open. */
  answered(now: number): number | undefined {
    const ms = this.#pinged > 0 ? now - this.#pinged : undefined
    this.#pinged = 0
    return ms
  }

  /** Beats: the timer calls it when it is due. */
  run(): void {
    const { clock, limits, timer } = this.#given
    // In whole ms, as all that it is compared with.
    const now = Math.trunc(clock.now())
    // It was this end that stood still: what came meanwhile is yet to be read.
    if (now - this.due > PAUSE) this.#last = Math.max(this.#last, now - limits.silence + limits.ping)
    if (now >= this.#last + limits.silence) return this.#whose.silent()
    if (now >= this.#last + limits.ping || this.#beats++ % ROUND_TRIP === 0) {
      this.#whose.line.ping()
      this.#pinged = clock.now()
    }
    this.due = Math.min(now + limits.ping, this.#last + limits.silence)
    timer.put(this)
  }

  stop(): void {
    this.#given.timer.remove(this)
  }
}
