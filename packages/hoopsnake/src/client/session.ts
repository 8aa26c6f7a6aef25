import { Malformed } from '../wire/errors.ts'
import { Reader } from '../wire/reader.ts'
import type { Clock } from '../core/clock.ts'
import { Refused } from '../core/errors.ts'
import type { Reason, Welcome } from '../core/frames/hello.ts'
import { readDraining, readReason, readWait, readWelcome } from '../core/frames/hello.ts'
import { down } from '../core/frames/kinds.ts'
import { close } from '../core/pipe.ts'
import { say } from './codes.ts'
import type { Dial, Line } from './dial.ts'
import { backoff } from './redial.ts'

/** How long a dial may take until the first state is there, in ms. */
const HANDSHAKE = 15_000

/** How long it may take until the line is open, once there was one: then another try finds the way sooner, in ms. */
const OPENING = 5000

/** Up to so long after the first line fell silent a spare one is dialled, in ms: not by all clients at once. */
const SPREAD = 500

/** A dial that has been under way for so long, in ms, is begun anew when the page wakes: it may be on another way. */
const STUCK = 1000

/** How long to wait for the other end to close when leaving, in ms. */
const FAREWELL = 1000

/** Close codes after which the same dial would end the same way; 1009: a message was too large, and would be again. */
const FINAL: readonly number[] = [close.DONE, close.REFUSED, 1009]

/** Refusals that pass: the seat is held, so dialling again may help. */
const PASSING: readonly string[] = ['STOPPING', 'ROOM_BUSY', 'SERVER_FULL', 'TOO_SLOW', 'SILENT']

/** live: on a line, with a state. away: no line, or one that is silent; dialling. closed: over, for the reason given. */
export type Status = 'live' | 'away' | 'closed'

/** What a session is for. */
export interface Plan {
  readonly dial: Dial
  readonly clock: Clock
  readonly random: () => number
  /** Says where to dial and what to say first; asked anew for each dial. */
  hello(): { readonly address: string; readonly frame: Uint8Array }
  /** `again`: it is not the first on this line, which now leads into another life of the room. */
  welcome(welcome: Welcome, again: boolean): void
  /** A frame after WELCOME; its first byte has been read. May throw Malformed, which ends the line. */
  frame(kind: number, r: Reader): void
  /** Whether there is something else to say after this refusal; then it is dialled again at once. */
  otherwise(no: Refused): boolean
  /** Told that the server will stop, and send everybody away within so many ms. */
  draining(within: number): void
  changed(status: Status, reason: Refused | undefined): void
}

/**
 * Keeps one line up: dials, shakes hands, dials again when the line is lost, and knows when to stop.
 *
 * A line that is silent is not given up at once: a spare one is dialled beside it, and says nothing. If the first one
 * speaks, the server was merely slow, and the spare is closed; if the spare opens and the first is silent still, the
 * first is dead, and the spare takes its place. So a server that stands still is not stormed by its own clients.
 */
export class Session {
  status: Status = 'away'
  reason: Refused | undefined
  received = 0
  sent = 0
  readonly #plan: Plan
  #line: Line | undefined
  /** Dialled while the line is silent; one at most. */
  #spare: Line | undefined
  #spareOpen = false
  /** While the line is in doubt: how long, in ms, it may be silent yet when a spare is open. */
  #grace: number | undefined
  /** Whether WELCOME came on this line. */
  #in = false
  /** Whether there ever was a state: before, a lost line is told to who asked; after, it is dialled again. */
  #been = false
  #attempts = 0
  #notBefore = -Infinity
  #dialledAt = -Infinity
  /** Calls off the timer: of what is to happen next, unless something is heard. */
  #cancel: () => void = () => {}
  /** Of who leaves: told when the other end has closed. */
  #farewell: { readonly line: Line; readonly said: () => void } | undefined

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Dials. What `dial` throws is thrown. */
  start(): void {
    this.#line = this.#dial()
    this.#after(this.#been ? OPENING : HANDSHAKE, () => this.drop())
  }

  /** Whether frames can be sent. */
  get open(): boolean {
    return this.#in
  }

  /** Sends a frame if the line is open. */
  send(frame: Uint8Array): void {
    if (this.#in) this.#write(frame)
  }

  /** Notes that a state is there. */
  settle(): void {
    if (this.status === 'live') return
    this.#cancel()
    this.#been = true
    this.#attempts = 0
    this.#notBefore = -Infinity
    this.#set('live')
  }

  /** Doubts the line, which is silent: dials a spare one. `grace`: ms that the line has to speak once that is open. */
  doubt(grace: number): void {
    if (this.status !== 'live') return
    this.#grace = grace
    this.#set('away')
    this.#after(SPREAD * this.#plan.random(), () => this.#dialSpare())
  }

  /** Gives the line up and dials again. */
  drop(): void {
    if (this.status === 'closed') return
    this.#hangUp(close.AGAIN, '')
    this.#again()
  }

  /** Dials now, if the next dial is merely waiting for its time, or hangs. */
  hurry(): void {
    if (this.status !== 'away' || !this.#been) return
    const now = this.#plan.clock.now()
    const doubting = this.#grace !== undefined
    const dialling = doubting ? this.#spare : this.#line
    const open = doubting ? this.#spareOpen : this.#in
    if (dialling !== undefined && (open || now - this.#dialledAt < STUCK)) return
    if (doubting) return this.#dialSpare()
    this.#hangUp(close.AGAIN, '')
    this.#after(this.#notBefore - now, () => this.start())
  }

  /** Ends the session. Resolves when the other end knows, or does not answer. */
  close(reason: Refused): Promise<void> {
    const line = this.#line
    const gone =
      line === undefined
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            const cancel = this.#plan.clock.at(this.#plan.clock.now() + FAREWELL, resolve)
            const said = (): void => {
              cancel()
              resolve()
            }
            this.#farewell = { line, said }
          })
    this.#end(reason)
    return gone
  }

  #dial(): Line {
    this.#dialledAt = this.#plan.clock.now()
    const line = this.#plan.dial(this.#plan.hello().address, {
      open: () => this.#opened(line),
      frame: (bytes) => {
        if (this.#line === line) this.#hear(bytes)
      },
      closed: (code, why) => {
        if (this.#line === line) this.#lost(code, why)
        else if (this.#spare === line) this.#lostSpare()
        else if (this.#farewell?.line === line) this.#farewell.said()
      },
    })
    return line
  }

  #opened(line: Line): void {
    if (this.#line === line) this.#greet()
    else if (this.#spare === line) {
      this.#spareOpen = true
      this.#after(this.#grace!, () => this.#switch())
    }
  }

  /** Says HELLO on the line, which is open. */
  #greet(): void {
    this.#write(this.#plan.hello().frame)
    if (this.#been) this.#after(HANDSHAKE, () => this.drop())
  }

  #dialSpare(): void {
    this.#hangUpSpare()
    this.#spare = this.#dial()
    this.#after(OPENING, () => {
      this.#hangUpSpare()
      this.#lostSpare()
    })
  }

  #lostSpare(): void {
    this.#spare = undefined
    this.#spareOpen = false
    this.#after(backoff(this.#attempts++, this.#plan.random), () => this.#dialSpare())
  }

  /** Puts the spare in the place of the line. */
  #switch(): void {
    const [spare, open] = [this.#spare, this.#spareOpen]
    this.#spare = undefined
    this.#hangUp(close.AGAIN, '')
    this.#line = spare
    this.#after(OPENING, () => this.drop())
    if (open) this.#greet()
  }

  /** Ends the doubt: the line speaks. */
  #trust(): void {
    this.#cancel()
    this.#grace = undefined
    this.#attempts = 0
    this.#hangUpSpare()
    this.#set('live')
  }

  #hear(bytes: Uint8Array): void {
    this.received += bytes.length
    if (this.#grace !== undefined) this.#trust()
    try {
      const r = new Reader(bytes)
      const kind = r.u8()
      if (kind === down.WELCOME) {
        const welcome = readWelcome(r)
        const again = this.#in
        this.#in = true
        this.#plan.welcome(welcome, again)
      } else if (kind === down.REFUSED || kind === down.CLOSED) this.#refused(readReason(r))
      else if (kind === down.WAIT) this.#wait(readWait(r))
      else if (kind === down.DRAINING) this.#plan.draining(readDraining(r))
      else if (this.#in) this.#plan.frame(kind, r)
      else throw new Malformed(`a frame of kind ${kind} before WELCOME`)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.drop()
    }
  }

  #wait(ms: number): void {
    this.#notBefore = this.#plan.clock.now() + ms
    this.#hangUp(close.AGAIN, '')
    this.#redial()
  }

  #refused({ code, message }: Reason): void {
    const no = new Refused(code, message)
    const outside = !this.#in
    this.#hangUp(close.DONE, '')
    if (outside && this.#plan.otherwise(no)) this.start()
    else if (this.#been && PASSING.includes(code)) this.#redial()
    else this.#end(no)
  }

  #lost(code: number, why: string): void {
    this.#line = undefined
    this.#in = false
    this.#grace = undefined
    if (!FINAL.includes(code)) return this.#spare === undefined ? this.#again() : this.#switch()
    const named = /^[A-Z_]{1,64}$/.test(why)
    this.#end(
      named
        ? new Refused(why)
        : new Refused('CLOSED', `The server closed the connection: ${code} ${why}`.trim()),
    )
  }

  #again(): void {
    if (this.#been) this.#redial()
    else this.#end(say('UNREACHABLE'))
  }

  #redial(): void {
    const wait = backoff(this.#attempts++, this.#plan.random)
    this.#after(Math.max(wait, this.#notBefore - this.#plan.clock.now()), () => this.start())
    this.#set('away')
  }

  /** Does something after `ms`, in place of what was to be done. */
  #after(ms: number, act: () => void): void {
    this.#cancel()
    this.#cancel = this.#plan.clock.at(this.#plan.clock.now() + Math.max(0, ms), act)
  }

  #end(reason: Refused): void {
    if (this.status === 'closed') return
    this.#cancel()
    this.#hangUp(close.DONE, '')
    this.reason = reason
    this.#set('closed')
  }

  /** Hangs up: the spare too. */
  #hangUp(code: number, why: string): void {
    const line = this.#line
    this.#line = undefined
    this.#in = false
    this.#grace = undefined
    line?.close(code, why)
    this.#hangUpSpare()
  }

  #hangUpSpare(): void {
    const spare = this.#spare
    this.#spare = undefined
    this.#spareOpen = false
    spare?.close(close.AGAIN, '')
  }

  #write(frame: Uint8Array): void {
    this.sent += frame.length
    this.#line?.send(frame)
  }

  #set(status: Status): void {
    if (this.status === status) return
    this.status = status
    this.#plan.changed(status, this.reason)
  }
}
