import { Malformed } from '../wire/errors.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import { Refused, refuse } from './errors.ts'
import type { Member } from './fanout.ts'
import { createMember } from './fanout.ts'
import type { Reason } from './frames/hello.ts'
import { writeReason } from './frames/hello.ts'
import { down } from './frames/kinds.ts'
import type { Up } from './frames/play.ts'
import { readUp } from './frames/play.ts'
import type { Input } from './inbox.ts'
import type { Bucket } from './limits.ts'
import type { Connection } from './link.ts'
import type { Pipe } from './pipe.ts'
import { close } from './pipe.ts'
import type { Named } from './protocol.ts'
import type { Telemetry } from './telemetry.ts'
import { countCode } from './telemetry.ts'
import type { Claim } from './tokens.ts'

/** One connection that is in a room, or on its way in. */
export interface Guest {
  readonly member: Member
  /** 0 for a watcher. */
  readonly seat: number
  /** What its token carries; '' for a watcher. */
  readonly secret: string
  /** What keeps a flooder from hurting anybody but itself. */
  readonly bucket: Bucket
  /** Counts what it says, and how it ends. */
  readonly telemetry: Telemetry
  /** Inputs that came too fast; they go in as the bucket refills. At most MAX_WAITING. */
  readonly waiting: Input[]
  /** Set from WELCOME on: the first input may then have any sequence that was not taken. */
  fresh: boolean
  /** Set once: nothing that comes from the connection counts any more. */
  over: boolean
  /** Set when the room that replaces this one has taken the connection over: it goes on there. */
  moved: Connection | undefined
}

/** Makes a guest. */
export function createGuest(
  pipe: Pipe,
  { seat, secret }: Claim,
  bucket: Bucket,
  telemetry: Telemetry,
): Guest {
  return {
    member: createMember(pipe, seat),
    seat,
    secret,
    bucket,
    telemetry,
    waiting: [],
    fresh: true,
    over: false,
    moved: undefined,
  }
}

/** Ends a guest's connection: tells it why and closes. Its client does not dial again by itself. */
export function dismiss(guest: Guest, reason: Reason, code: number = close.DONE): void {
  if (guest.over) return
  guest.over = true
  countCode(guest.telemetry.closings, reason.code)
  tell(guest.member.pipe, down.CLOSED, reason)
  guest.member.pipe.close(code, reason.code)
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

/** What a room does for one guest. */
export interface GuestDesk {
  /** Takes a frame. Throws Refused to end the connection. */
  frame(guest: Guest, up: Up): void
  lost(guest: Guest): void
  /** Told what else was thrown: by a type of the game that reads, for one. */
  failed(guest: Guest, error: unknown): void
}

/** Makes the gateway's end of a guest: bad frames end the connection, never more. */
export function connectionOf(guest: Guest, inputs: readonly Named[], desk: GuestDesk): Connection {
  return {
    receive(frame) {
      if (guest.moved !== undefined) return guest.moved.receive(frame)
      if (guest.over) return
      guest.telemetry.framesIn++
      guest.telemetry.bytesIn += frame.length
      try {
        desk.frame(guest, readUp(new Reader(frame), inputs))
      } catch (error) {
        const told = error instanceof Malformed || error instanceof Refused
        if (!told) desk.failed(guest, error)
        dismiss(guest, told ? error : refuse('INPUT_FAILED'), close.REFUSED)
        desk.lost(guest)
      }
    },
    lost() {
      if (guest.moved !== undefined) return guest.moved.lost()
      if (guest.over) return
      guest.over = true
      desk.lost(guest)
    },
  }
}
