import { Malformed } from '../wire/errors.ts'
import type { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import type { Flush, Sent } from './account.ts'
import type { OwnEffects } from './effects.ts'
import { Refused, refuse } from './errors.ts'
import { FULL_EVERY, type Member } from './fanout.ts'
import type { Reason } from './frames/hello.ts'
import { writeReason } from './frames/hello.ts'
import { down } from './frames/kinds.ts'
import type { Up } from './frames/play.ts'
import { readUp } from './frames/play.ts'
import type { Intake } from './intake.ts'
import type { Connection } from './link.ts'
import type { Pipe } from './pipe.ts'
import { close } from './pipe.ts'
import type { Named } from './protocol.ts'
import type { Telemetry } from './telemetry.ts'
import { countCode } from './telemetry.ts'
import type { Claim } from './tokens.ts'

/** What a room does for its guests. */
export interface GuestDesk {
  /** Reads what they send, frame by frame. */
  readonly reader: Reader
  /** What they may send. */
  readonly inputs: readonly Named[]
  /** Counts what they say, and how they end. */
  readonly telemetry: Telemetry
  /** Takes a frame. Throws Refused to end the connection. */
  frame(guest: Guest, up: Up): void
  lost(guest: Guest): void
  /** Told what else was thrown: by a type of the game that reads, for one. */
  failed(guest: Guest, error: unknown): void
}

/** The flushes of who was not removed, and what was sent to who was told nothing alone: the same for all. */
const NO_FLUSHES: readonly Flush[] = []
const NOTHING_SENT: Sent[] = []

/**
 * One connection that is in a room, or on its way in: what the gateway hands frames to, and the fanout sends them to.
 *
 * A class, and one object where three would do: there are thousands, and each message and each tick goes through them.
 */
export class Guest implements Member, Connection {
  // What every flush looks at comes first: it lies side by side, and what is far away is slow to fetch.
  readonly pipe: Pipe
  base = -1
  confirmed = -1
  owed: OwnEffects | undefined = undefined
  ack: number | undefined = undefined
  asked: Member['asked']
  seen = 0
  readonly seat: number
  /** What its token carries; '' for a watcher. */
  readonly secret: string
  last: readonly Flush[] = NO_FLUSHES
  fullAt: number = -FULL_EVERY
  had = -1
  /** Up to this tick, what it says it has may be of a life of the room before, of which it was told on the same line. */
  formerTick = -1
  sent: Sent[] = NOTHING_SENT
  /** What its inputs go through; undefined before the first one. */
  intake: Intake | undefined = undefined
  /** Set once: nothing that comes from the connection counts any more. */
  over = false
  /** Set when the room that replaces this one has taken the connection over: it goes on there. */
  moved: Connection | undefined = undefined
  readonly #desk: GuestDesk

  constructor(pipe: Pipe, { seat, secret }: Claim, desk: GuestDesk) {
    this.pipe = pipe
    this.seat = seat
    this.secret = secret
    this.#desk = desk
  }

  /** Takes a frame from the client. A bad one ends the connection, never more. */
  receive(frame: Uint8Array): void {
    if (this.moved !== undefined) return this.moved.receive(frame)
    if (this.over) return
    const desk = this.#desk
    desk.telemetry.framesIn++
    desk.telemetry.bytesIn += frame.length
    try {
      desk.frame(this, readUp(desk.reader.open(frame), desk.inputs, this.seat))
    } catch (error) {
      const told = error instanceof Malformed || error instanceof Refused
      if (!told) desk.failed(this, error)
      this.dismiss(told ? error : refuse('INPUT_FAILED'), close.REFUSED)
      desk.lost(this)
    }
  }

  lost(): void {
    if (this.moved !== undefined) return this.moved.lost()
    if (this.over) return
    this.over = true
    this.#desk.lost(this)
  }

  /** Ends the connection: tells the client why and closes. It does not dial again by itself. */
  dismiss(reason: Reason, code: number = close.DONE): void {
    if (this.over) return
    this.over = true
    countCode(this.#desk.telemetry.closings, reason.code)
    tell(this.pipe, down.CLOSED, reason)
    this.pipe.close(code, reason.code)
  }
}

/** Turns a dial away. */
export function turnAway(pipe: Pipe, reason: Reason): void {
  tell(pipe, down.REFUSED, reason)
  pipe.close(close.REFUSED, reason.code)
}

function tell(pipe: Pipe, kind: typeof down.REFUSED | typeof down.CLOSED, reason: Reason): void {
  const w = new Writer(64)
  writeReason(w, kind, reason)
  pipe.write(w.take())
}
