import type { Telling } from './frames/tick.ts'
import type { Flush } from './account.ts'

/** Bytes of events that are kept; what is older is missed, and whoever had not got it is told so. */
const MAX_EVENTS = 256 * 1024

/**
 * The last events for everybody, and the flushes that they went out with: what they are told who were skipped, or come
 * back.
 *
 * Events are counted on from the first one of the room's life; what an older life left has the lowest indices.
 */
export class Ring {
  /** Flushes so long ago are no longer `recent`, in ms. */
  readonly #span: number
  /** Oldest first; `first` is the index of the first one. */
  #events: Telling[]
  #bytes = 0
  #first = 0
  /** Oldest first. */
  #recent: Flush[] = []
  #aged = -1

  /** `events` are those that an older life left. */
  constructor(span: number, events: readonly Telling[]) {
    this.#span = span
    this.#events = [...events]
    for (const telling of events) this.#bytes += size(telling)
  }

  /** Index of the first event that is kept. */
  get first(): number {
    return this.#first
  }

  /** Index of the first event that has not happened yet. */
  get end(): number {
    return this.#first + this.#events.length
  }

  /** The tick of the newest flush that is not recent; −1: there is none. */
  get aged(): number {
    return this.#aged
  }

  /** The flushes of the last `span` ms, oldest first. */
  get recent(): readonly Flush[] {
    return this.#recent
  }

  /** Keeps what goes out with the flush of `tick`, at `now`. */
  add(tick: number, tellings: readonly Telling[], now: number): void {
    while (this.#recent.length > 0 && this.#recent[0]!.at <= now - this.#span)
      this.#aged = this.#recent.shift()!.tick
    for (const telling of tellings) {
      this.#events.push(telling)
      this.#bytes += size(telling)
    }
    this.#recent.push({ tick, at: now, end: this.end })
    while (this.#bytes > MAX_EVENTS) {
      this.#bytes -= size(this.#events.shift()!)
      this.#first++
    }
  }

  /** Gives the index of the first event that is kept and happened after a tick. */
  after(tick: number): number {
    const place = this.#events.findIndex((telling) => telling.tick > tick)
    return place < 0 ? this.end : this.#first + place
  }

  /** Gives the events from an index on, as far as they are kept. */
  from(index: number): Telling[] {
    return this.#events.slice(Math.max(index - this.#first, 0))
  }
}

/** Bytes that an event costs the ring: its payload and what is around it. */
function size(telling: Telling): number {
  return telling.payload.length + 16
}
