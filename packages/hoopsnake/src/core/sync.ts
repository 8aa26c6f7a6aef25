import { Writer } from '../wire/writer.ts'
import type { Telling } from './frames/tick.ts'
import { writeDelta, writeFull } from './frames/tick.ts'
import type { AnyProtocol, Data } from './protocol.ts'

/** What a room looks like to the sync: plain data, compared and never watched. */
export interface Synced {
  readonly state: Data
  readonly hidden: Data
  readonly seats: ReadonlyMap<number, Seated>
}

interface Seated {
  readonly id: number
  mine: Data
}

/** What a flush found out about the room's data, encoded once for everybody. */
export interface Flushed {
  /** The tick this DELTA leads to, and the one it begins at. */
  readonly tick: number
  readonly base: number
  readonly delta: Uint8Array
  /** By seat: the change of `mine`, where there is one. */
  readonly mine: ReadonlyMap<number, Uint8Array>
}

/**
 * The shadow of a room: its data as of the last flush.
 *
 * `flush` compares, encodes and advances in one pass; `restore` gives the data back when a tick failed.
 */
export class Sync {
  readonly #protocol: AnyProtocol
  readonly #epoch: number
  readonly #scratch = new Writer(1024)
  /** By seat: the shadow of what it alone sees. */
  readonly #mine = new Map<number, Data>()
  /** Seats and shadows once more, in the order of the seats as of the last flush: they seldom come and go. */
  readonly #seated: number[] = []
  readonly #shadows: Data[] = []
  /** Whose turn it is to be searched for unknown fields. */
  #turn = 0
  #state: Data
  #hidden: Data
  #full: Uint8Array | undefined
  /** The tick of the last flush. */
  tick: number

  /** Takes the shadow of `room`, rounding its numbers. Throws Misfit where the data does not fit its types. */
  constructor(protocol: AnyProtocol, stamp: { epoch: number; tick: number }, room: Synced) {
    this.#protocol = protocol
    this.#epoch = stamp.epoch
    this.tick = stamp.tick
    protocol.state.write(this.#scratch, room.state)
    this.#state = protocol.state.copy(room.state)
    protocol.hidden.write(this.#scratch, room.hidden)
    this.#hidden = protocol.hidden.copy(room.hidden)
    // A protocol without `mine` pays nothing for it.
    if (protocol.mine.least > 0) for (const seat of room.seats.values()) this.#meet(seat)
  }

  /** Encodes what changed since the last flush, rounding the room's own numbers. Throws Misfit. */
  flush(tick: number, room: Synced, tellings: readonly Telling[]): Flushed {
    const { state, hidden } = this.#protocol
    const w = this.#scratch
    const base = this.tick
    w.clear()
    const head = { epoch: this.#epoch, tick, back: tick - base }
    this.#state = writeDelta(w, head, { type: state, shadow: this.#state, state: room.state }, tellings)
    const delta = w.take()
    w.clear()
    // Nobody is sent this: the comparison advances the shadow, rounds, and checks.
    this.#hidden = hidden.diff(w, this.#hidden, room.hidden)
    const mine = this.#flushMine(room)
    this.tick = tick
    this.#full = undefined
    return { tick, base, delta, mine }
  }

  /** Gives FULL of the last flush: the same bytes for all who ask before the next one. */
  full(): Uint8Array {
    if (this.#full === undefined) {
      this.#scratch.clear()
      writeFull(this.#scratch, { epoch: this.#epoch, tick: this.tick }, this.#protocol.state, this.#state)
      this.#full = this.#scratch.take()
    }
    return this.#full
  }

  /** Gives the whole `mine` of a seat as of the last flush; undefined where there is none. */
  mineWhole(seat: number): Uint8Array | undefined {
    const shadow = this.#mine.get(seat)
    if (shadow === undefined) return undefined
    this.#scratch.clear()
    this.#protocol.mine.write(this.#scratch, shadow)
    return this.#scratch.take()
  }

  /** Copies the data of the last flush, to begin again from. A seat that came since has no `mine` here. */
  restore(): { state: Data; hidden: Data; mine: (seat: number) => Data | undefined } {
    const { state, hidden, mine } = this.#protocol
    return {
      state: state.copy(this.#state),
      hidden: hidden.copy(this.#hidden),
      mine: (seat) => {
        const had = this.#mine.get(seat)
        return had === undefined ? undefined : mine.copy(had)
      },
    }
  }

  #flushMine(room: Synced): ReadonlyMap<number, Uint8Array> {
    const type = this.#protocol.mine
    if (type.least === 0) return NONE
    let changes: Map<number, Uint8Array> | undefined
    const unchanged = type.unchanged ?? never
    const seated = this.#seated
    const shadows = this.#shadows
    // Of many seats each is searched for unknown fields at every 64th flush: that costs as much as all the rest.
    const mask = room.seats.size < 64 ? 0 : 63
    const turn = this.#turn++ & mask
    const known = seated.length
    let place = 0
    for (const seat of room.seats.values()) {
      const same = place < known && seated[place] === seat.id && unchanged(shadows[place]!, seat.mine)
      if (!same || (place & mask) === turn) {
        const change = this.#flushSeat(seat, place)
        if (change !== undefined) (changes ??= new Map()).set(seat.id, change)
      }
      place++
    }
    seated.length = shadows.length = place
    if (this.#mine.size > place)
      for (const id of this.#mine.keys()) if (!room.seats.has(id)) this.#mine.delete(id)
    return changes ?? NONE
  }

  /** Compares what one seat alone sees; `place` is where it stands among the seats. Returns how it changed. */
  #flushSeat(seat: Seated, place: number): Uint8Array | undefined {
    const was = this.#mine.get(seat.id) ?? this.#meet(seat)
    const w = this.#scratch
    w.clear()
    const shadow = this.#protocol.mine.diff(w, was, seat.mine)
    if (shadow !== was) this.#mine.set(seat.id, shadow)
    this.#seated[place] = seat.id
    this.#shadows[place] = shadow
    return w.length > 0 ? w.take() : undefined
  }

  #meet(seat: Seated): Data {
    const { mine: type } = this.#protocol
    this.#scratch.clear()
    type.write(this.#scratch, seat.mine)
    const shadow = type.copy(seat.mine)
    this.#mine.set(seat.id, shadow)
    return shadow
  }
}

/** Most flushes find no `mine` that changed. */
const NONE: ReadonlyMap<number, Uint8Array> = new Map()

const never = (): boolean => false
