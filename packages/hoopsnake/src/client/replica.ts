import { Malformed } from '../wire/errors.ts'
import { Reader } from '../wire/reader.ts'
import { down } from '../core/frames/kinds.ts'
import type { Pong } from '../core/frames/play.ts'
import type { Own, Refusal, Stamp, Told } from '../core/frames/tick.ts'
import { inOrder, readBack, readDelta, readFull, readOwn, readStamp } from '../core/frames/tick.ts'
import type { AnyProtocol, Data } from '../core/protocol.ts'

/** OWN frames that may wait for the state of their tick; more, and the other end is not a server of ours. */
const MAX_WAITING = 1024

/** What took effect together. */
export interface Commit {
  /** Whether a state came with it. */
  readonly state: boolean
  /** The last input that was consumed; undefined if nothing was said. */
  readonly ack: number | undefined
  /** The server's time, if it was asked for. */
  readonly answer: Pong | undefined
  readonly refusals: readonly Refusal[]
  /** What happened, oldest first. */
  readonly told: readonly Told[]
  readonly missed: number
  /** Ticks that this client had, and that never were: the room came back in an earlier state. */
  readonly undone: number
}

/**
 * The room as the server last told it.
 *
 * A frame is read whole, then takes effect whole; one that cannot be read, or whose base is not there, changes nothing.
 */
export class Replica {
  epoch = -1
  /** −1 before the first state. */
  tick = -1
  state: Data | undefined
  mine: Data | undefined
  readonly #protocol: AnyProtocol
  /** OWN frames whose state has not come yet, oldest first. */
  #waiting: { readonly stamp: Stamp; readonly own: Own<Data> }[] = []
  /** The newest `mine` that was read, in effect or not: what the next change is a change of. */
  #mine: Data | undefined
  #fork = -1

  constructor(protocol: AnyProtocol) {
    this.#protocol = protocol
    // A scope without content is not sent.
    if (protocol.mine.least === 0) this.mine = protocol.mine.read(new Reader(new Uint8Array()))
  }

  /**
   * Begins a new connection: what was on its way on the old one does not come any more. If it leads into another life of
   * the room, that goes on from the one before at tick `fork`.
   */
  renew(fork: number): void {
    this.#fork = fork
    this.#waiting = []
    this.#mine = undefined
  }

  /** Takes FULL, DELTA or OWN behind its first byte. 'lost': the frame is of no use, only a FULL helps. */
  take(kind: number, r: Reader): Commit | 'waiting' | 'lost' {
    try {
      const stamp = readStamp(r)
      if (kind === down.OWN) return this.#takeOwn(stamp, r)
      if (kind === down.FULL) return this.#commit(stamp, readFull(r, this.#protocol.state))
      if (kind === down.DELTA) return this.#takeDelta(stamp, r)
      throw new Malformed(`a frame of kind ${kind}`)
    } catch {
      // Types may be the game's own, and throw what they like: in any case the bytes were not a frame.
      return 'lost'
    }
  }

  #takeDelta(stamp: Stamp, r: Reader): Commit | 'lost' {
    const base = stamp.tick - readBack(r)
    if (this.state === undefined || stamp.epoch !== this.epoch || base !== this.tick) return 'lost'
    const { state, told } = readDelta(r, stamp.tick, this.state, this.#protocol)
    return this.#commit(stamp, state, told)
  }

  #takeOwn(stamp: Stamp, r: Reader): Commit | 'waiting' | 'lost' {
    const base = this.#mine
    // If this cannot be read, no change that comes after it can be.
    this.#mine = undefined
    const own = readOwn(r, stamp.tick, base, this.#protocol)
    this.#mine = own.mine ?? base
    if (this.#waiting.length >= MAX_WAITING) return 'lost'
    this.#waiting.push({ stamp, own })
    // Told between two ticks: the state it belongs to is there.
    return stamp.epoch === this.epoch && stamp.tick <= this.tick ? this.#commit(this) : 'waiting'
  }

  #commit({ epoch, tick }: Stamp, state?: Data, told: readonly Told[] = []): Commit {
    const owns = this.#waiting
      .filter(({ stamp }) => stamp.epoch === epoch && stamp.tick <= tick)
      .map(({ own }) => own)
    this.#waiting = this.#waiting.filter(({ stamp }) => stamp.epoch !== epoch || stamp.tick > tick)
    // After a reconnect the server may repeat what was told with ticks that are here already.
    const known = epoch === this.epoch ? this.tick : Math.min(this.tick, this.#fork)
    const undone = this.tick - known
    for (const own of owns) if (own.mine !== undefined) this.mine = own.mine
    this.epoch = epoch
    this.tick = tick
    if (state !== undefined) this.state = state
    return {
      state: state !== undefined,
      ack: owns.findLast(({ ack }) => ack !== undefined)?.ack,
      answer: owns.findLast(({ answer }) => answer !== undefined)?.answer,
      refusals: owns.flatMap(({ refusals = [] }) => refusals),
      told: inOrder([...owns.flatMap((own) => own.told ?? []), ...told].filter((one) => one.tick > known)),
      missed: owns.reduce((sum, { missed = 0 }) => sum + missed, 0),
      undone,
    }
  }
}
