import type { Welcome } from '../core/frames/hello.ts'
import type { Pong } from '../core/frames/play.ts'

/** Samples of the round trip to choose the best of; at one every 0.5 to 2.5 s, 6 to 30 s. */
const WINDOW = 12

/** Samples after which the estimate is good, and more come to follow what changes. */
const SURE = 4

/** Most by which the estimate is moved while time passes: nobody notices 5 %. */
const SLEW = 0.05

/** Beyond so many ticks the estimate jumps: following slowly would take too long. */
const SNAP = 10

/**
 * Where the server's ticks are, on this machine's clock.
 *
 * Of the last round trips the shortest tells the offset of the clocks best, since what is late is late one way only
 * (NTP's clock filter, RFC 5905 section 10). Smoothed round trip and jitter: RFC 6298 section 2.
 */
export class Timeline {
  /** Round trip and its mean deviation, smoothed, in ms; 0 before the first answer. */
  rtt = 0
  jitter = 0
  /** Milliseconds per tick; 0 in a room that ticks on events, whose ticks are numbered by milliseconds. */
  dt = 0
  /** Whether an answer has come: before, the estimate is a guess. */
  synced = false
  /** What was asked before says nothing of the way as it is. */
  #since = -Infinity
  #samples: { readonly rtt: number; readonly offset: number }[] = []
  /** The newest tick the server is known to have made. */
  #tick = 0
  /** Whether the server's loop sleeps: then the tick stands. */
  #asleep = true
  /** When an input last woke it. */
  #wokenAt = -Infinity
  /** When tick 0 would have been, on our clock: as shown, and as known. */
  #origin = 0
  #goal = 0
  /** When tick 0 would have been, on the server's clock. */
  #schedule = 0
  #now = -Infinity

  /** Begins anew. Until the first answer the way to the server counts as nothing: rather late than ahead. */
  start(welcome: Welcome, now: number): void {
    this.dt = welcome.hz > 0 ? 1000 / welcome.hz : 0
    this.#tick = welcome.tick
    this.#asleep = false
    this.#origin = this.#goal = now - welcome.tick * this.#perTick
    this.pause(now)
  }

  /** Forgets the samples, and those on their way: the page or the line stood still, or the way to the server is another. */
  pause(now: number): void {
    this.#since = now
    this.synced = false
    this.#samples = []
  }

  /** Whether there are samples enough to ask less often. */
  get sure(): boolean {
    return this.#samples.length >= SURE
  }

  /** Learns from the answer to a CONFIRM, or to an input that asked. */
  pong(pong: Pong, now: number): void {
    const rtt = now - pong.echo
    if (!(rtt >= 0) || pong.echo < this.#since) return
    // The next tick is overdue by more than a busy server would be.
    const asleep = this.dt > 0 && pong.time - pong.due > 2 * this.dt + 100
    this.#smooth(rtt)
    this.#samples.push({ rtt, offset: pong.time + rtt / 2 - now })
    if (this.#samples.length > WINDOW) this.#samples.shift()
    // It says how the loop was before our input woke it.
    if (asleep && pong.echo <= this.#wokenAt) return
    const best = this.#samples.reduce((a, b) => (b.rtt < a.rtt ? b : a))
    const anew = !this.synced || this.#asleep
    this.synced = true
    this.#tick = Math.max(this.#tick, pong.tick)
    this.#asleep = asleep
    const moved = this.#reschedule(pong.due - pong.tick * this.#perTick, anew)
    this.#goal = this.#schedule - best.offset
    if (moved) this.#origin = this.#goal
  }

  /** Learns that the state of `tick` has come. */
  frame(tick: number, now: number): void {
    if (tick > this.#tick && this.#asleep) this.#wake(now - this.rtt / 2 - tick * this.dt)
    this.#tick = Math.max(this.#tick, tick)
    // What is here has been made, whatever the estimate says.
    const latest = now - tick * this.#perTick
    this.#goal = Math.min(this.#goal, latest)
    this.#origin = Math.min(this.#origin, latest)
  }

  /** Notes that an input is sent: it wakes a sleeping loop, whose next tick comes one period after its arrival. */
  input(now: number): void {
    if (!this.#asleep) return
    this.#wokenAt = now
    this.#wake(now + this.lead - this.#tick * this.dt)
  }

  /** How long what is sent now takes to arrive, in ms, with some reserve. */
  get lead(): number {
    return this.rtt / 2 + this.jitter
  }

  /** Gives the tick that the server is at, with a fraction. */
  position(now: number): number {
    if (this.#asleep) return this.#tick
    const most = Math.max(0, now - this.#now) * SLEW
    const off = this.#goal - this.#origin
    this.#origin += Math.abs(off) > SNAP * this.#perTick ? off : Math.max(-most, Math.min(most, off))
    this.#now = Math.max(this.#now, now)
    return (now - this.#origin) / this.#perTick
  }

  /** Gives the tick that will apply what is sent now, less a fraction: the next whole one applies it. */
  arrival(now: number): number {
    const position = this.position(now)
    return this.#asleep ? position : position + this.lead / this.#perTick
  }

  get #perTick(): number {
    return this.dt || 1
  }

  #wake(origin: number): void {
    this.#asleep = false
    this.#origin = this.#goal = origin
  }

  /**
   * Learns where the schedule is from one tick, which may have been made late, but not early. Says whether it moved:
   * the loop slept, or left ticks out.
   */
  #reschedule(seen: number, anew: boolean): boolean {
    const late = seen - this.#schedule
    const moved = anew || Math.abs(late) > Math.max(this.#perTick, 50)
    this.#schedule += moved || late < 0 ? late : late / 16
    return moved
  }

  #smooth(rtt: number): void {
    if (this.rtt === 0) {
      this.rtt = rtt
      this.jitter = rtt / 2
      return
    }
    this.jitter += (Math.abs(rtt - this.rtt) - this.jitter) / 4
    this.rtt += (rtt - this.rtt) / 8
  }
}
