import { refuse } from './errors.ts'
import type { Inbox, Input } from './inbox.ts'
import { Bucket, type Rate } from './limits.ts'
import type { SeatRecord } from './seats.ts'
import { MAX_WAITING } from './seats.ts'

/** The way in, and when that is. */
interface Into {
  readonly inbox: Inbox
  readonly now: number
}

/**
 * Takes the inputs of one connection: once, in order, and not faster than its bucket allows.
 *
 * A class, and made with the first input: of thousands, those who watch or wait have none.
 */
export class Intake {
  readonly #bucket: Bucket
  /** Inputs that came too fast; they go in as the bucket refills. At most MAX_WAITING. */
  readonly #waiting: Input[] = []
  /**
   * Set until the first input is taken, which may have any sequence that was not. Of a connection that was brought over,
   * what was on its way is passed over until the one that is 'due': its client sends all again.
   */
  #first: 'any' | 'due' | undefined

  constructor(rate: Rate, first: 'any' | 'due') {
    this.#bucket = new Bucket(rate)
    this.#first = first
  }

  /** Whether inputs came too fast and wait here. */
  get waits(): boolean {
    return this.#waiting.length > 0
  }

  /**
   * Takes an input of a seat; what comes too fast waits. Throws Refused, to close the connection, when too much waits or
   * an input is missing before this one.
   */
  take(seat: SeatRecord, input: Input, into: Into): void {
    const { seq } = input
    // Sent again after a reconnect, though it had arrived.
    if (seq <= seat.taken) return
    if (seq !== seat.taken + 1) {
      if (this.#first === 'due') return
      if (this.#first === undefined) throw refuse('OUT_OF_ORDER')
    }
    this.#first = undefined
    seat.taken = seq
    if (seq <= seat.spoiled) input.failed = refuse('INPUT_FAILED')
    const waiting = this.#waiting
    if (waiting.length === 0 && mayEnter(this.#bucket, into)) return void into.inbox.put(input)
    waiting.push(input)
    this.release(into)
    if (waiting.length > MAX_WAITING) throw refuse('FLOOD')
  }

  /** Takes back what waits, as the connection is over: its client sends that again when it is back. */
  giveBack(seat: SeatRecord): void {
    if (this.#waiting.length > 0) seat.taken = this.#waiting[0]!.seq - 1
    this.#waiting.length = 0
  }

  /** Lets in what waits, oldest first, as far as the bucket and the inbox have room. */
  release(into: Into): void {
    const waiting = this.#waiting
    while (waiting.length > 0 && mayEnter(this.#bucket, into)) into.inbox.put(waiting.shift()!)
  }
}

function mayEnter(bucket: Bucket, { inbox, now }: Into): boolean {
  return !inbox.full && bucket.take(now)
}
