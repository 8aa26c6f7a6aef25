/** States kept for the view at most; the oldest goes first. */
const MAX_STATES = 64

/** Most by which the view runs faster or slower than the room to keep its distance. */
const SLEW = 0.05

/** Off by more ticks, the view jumps ahead. */
const SNAP = 10

/** A view that was not asked for so long, in ms, was not seen: it goes on from where it should be. */
const PAUSE = 1000

/** A state that is later than others by more, in ms, waited while this end stood still. So long it is not shown. */
const STALE = 1000

/** What is seen at a moment: somewhere between two states. */
export interface Seen {
  readonly before: object
  readonly after: object
  /** 0 at `before` … 1 at `after`. */
  readonly mix: number
  /** The tick seen, with a fraction. Never falls within one life of a room. */
  readonly tick: number
}

/**
 * Plays the states that came, a little late, so that there are always two to go between.
 *
 * The delay is one send interval, plus how late states come, plus four times how much that varies (the sum by which
 * RFC 6298 waits for an answer); it rises with a burst at once and falls slowly.
 *
 * When a page that stood still goes on, what came meanwhile comes all at once, over some frames. The view waits for the
 * newest, instead of running through them; if they stay as late, that is how late they are now.
 */
export class Playback {
  #states: { readonly tick: number; readonly state: object }[] = []
  #dt = 0
  #interval = 0
  /** How late states come, in ms: smoothed, and the mean deviation. NaN before the first. */
  #late = NaN
  #vary = 0
  /** The tick seen, and when; it may stand before the first state. */
  #tick = -Infinity
  #now = -Infinity
  #seen: Seen | undefined
  /** Whether the newest state is stale, and since when the view waits for another. */
  #stale = false
  #waitsSince: number | undefined

  /** `dt`: milliseconds per tick, 0 for a room that ticks on events. `interval`: milliseconds per frame. */
  pace(dt: number, interval: number): void {
    this.#dt = dt
    this.#interval = interval
  }

  /** How far the view is behind the room, in ms. */
  get delay(): number {
    const late = Number.isNaN(this.#late) ? this.#interval / 2 : this.#late
    // What varies by more is not worth waiting for: then the view stands now and then.
    return this.#interval + late + Math.min(4 * this.#vary, Math.max(500, 2 * this.#interval))
  }

  /** Takes a state. `late`: ms between its tick and its arrival, if known. `anew`: the room began another life. */
  push(
    tick: number,
    state: object,
    how: { readonly late: number | undefined; readonly anew: boolean },
  ): void {
    const last = this.#states.at(-1)
    if (how.anew || (last !== undefined && tick < last.tick)) {
      this.#states = []
      this.#tick = -Infinity
      this.#now = -Infinity
      this.#seen = undefined
    } else if (tick === last?.tick) this.#states.pop()
    this.#states.push({ tick, state })
    if (this.#states.length > (this.#dt === 0 ? 2 : MAX_STATES)) this.#states.shift()
    // Of a page that has hardly begun nothing is known yet.
    const usual = (this.#late || 0) + 4 * this.#vary
    this.#stale = how.late !== undefined && how.late > usual + STALE
    if (!this.#stale) this.#waitsSince = undefined
    if (how.late !== undefined && (!this.#stale || this.#waitsSince === Infinity)) this.#learn(how.late)
  }

  /** Gives what is seen at `now`, when the room is at `position`. Undefined before the first state. */
  at(now: number, position: number): Seen | undefined {
    const last = this.#states.at(-1)
    if (last === undefined) return undefined
    if (this.#dt === 0) return { before: this.#states[0]!.state, after: last.state, mix: 1, tick: last.tick }
    if (this.#stale && this.#seen !== undefined && this.#waits(now)) return this.#seen
    return (this.#seen = this.#between(now, position, last))
  }

  /** Says whether the view waits for a state that is not stale. Once it has waited in vain, it does not any more. */
  #waits(now: number): boolean {
    this.#waitsSince ??= now
    if (now - this.#waitsSince > STALE) this.#waitsSince = Infinity
    return this.#waitsSince < Infinity
  }

  #between(now: number, position: number, last: { readonly tick: number; readonly state: object }): Seen {
    this.#tick = Math.min(this.#advance(now, position - this.delay / this.#dt), last.tick)
    while (this.#states.length > 1 && this.#states[1]!.tick <= this.#tick) this.#states.shift()
    const [before, after] = this.#states
    if (after === undefined) return { before: last.state, after: last.state, mix: 1, tick: last.tick }
    const tick = Math.max(this.#tick, before!.tick)
    const mix = (tick - before!.tick) / (after.tick - before!.tick)
    return { before: before!.state, after: after.state, mix, tick }
  }

  #advance(now: number, goal: number): number {
    const passed = now - this.#now
    if (!(passed > 0)) return this.#tick
    this.#now = now
    const step = passed / this.#dt
    const off = goal - (this.#tick + step)
    if (passed > PAUSE || off > SNAP) return Math.max(this.#tick, goal)
    return this.#tick + step * (1 + Math.max(-SLEW, Math.min(SLEW, off / 10)))
  }

  #learn(late: number): void {
    if (Number.isNaN(this.#late)) this.#late = late
    const off = late - this.#late
    const more = Math.abs(off) - this.#vary
    this.#vary += more > 0 ? more / 4 : more / 16
    this.#late += off / 8
  }
}
