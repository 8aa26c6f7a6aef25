import { Malformed } from '../wire/errors.ts'
import { Reader } from '../wire/reader.ts'
import type { Clock } from '../core/clock.ts'
import { Refused } from '../core/errors.ts'
import type { Reason, Welcome } from '../core/frames/hello.ts'
import { readReason, readWait, readWelcome } from '../core/frames/hello.ts'
import { down } from '../core/frames/kinds.ts'
import { close } from '../core/pipe.ts'
import { say } from './codes.ts'
import type { Dial, Line } from './dial.ts'
import { backoff } from './redial.ts'

/** How long a dial may take until the first state is there, in ms. */
const HANDSHAKE = 15_000

/** How long to wait for the other end to close when leaving, in ms. */
const FAREWELL = 1000

/** Close codes after which the same dial would end the same way; 1009: a message was too large, and would be again. */
const FINAL: readonly number[] = [close.DONE, close.REFUSED, 1009]

/** Refusals that pass: the seat is held, so dialling again may help. */
const PASSING: readonly string[] = ['STOPPING', 'ROOM_BUSY', 'SERVER_FULL', 'TOO_SLOW', 'SILENT']

/** live: on a line, with a state. away: no line, dialling again. closed: over, for the reason given. */
export type Status = 'live' | 'away' | 'closed'

/** What a session is for. */
export interface Plan {
  readonly dial: Dial
  readonly clock: Clock
  readonly random: () => number
  /** Says where to dial and what to say first; asked anew for each dial. */
  hello(): { readonly address: string; readonly frame: Uint8Array }
  welcome(welcome: Welcome): void
  /** A frame after WELCOME; its first byte has been read. May throw Malformed, which ends the line. */
  frame(kind: number, r: Reader): void
  /** Whether there is something else to say after this refusal; then it is dialled again at once. */
  otherwise(no: Refused): boolean
  changed(status: Status, reason: Refused | undefined): void
}

/** Keeps one line up: dials, shakes hands, dials again when the line is lost, and knows when to stop. */
export class Session {
  status: Status = 'away'
  reason: Refused | undefined
  received = 0
  sent = 0
  readonly #plan: Plan
  #line: Line | undefined
  /** Whether WELCOME came on this line. */
  #in = false
  /** Whether there ever was a state: before, a lost line is told to who asked; after, it is dialled again. */
  #been = false
  #attempts = 0
  #notBefore = -Infinity
  /** Calls off the timer: of the handshake while there is a line, of the next dial while there is none. */
  #cancel: () => void = () => {}
  #gone: () => void = () => {}

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Dials. What `dial` throws is thrown. */
  start(): void {
    this.#cancel()
    const { address, frame } = this.#plan.hello()
    const line = this.#plan.dial(address, {
      open: () => {
        if (this.#line === line) this.#write(frame)
      },
      frame: (bytes) => {
        if (this.#line === line) this.#hear(bytes)
      },
      closed: (code, why) => {
        if (this.#line === line) this.#lost(code, why)
        else this.#gone()
      },
    })
    this.#line = line
    this.#cancel = this.#plan.clock.at(this.#plan.clock.now() + HANDSHAKE, () => this.drop())
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

  /** Gives the line up and dials again. */
  drop(): void {
    if (this.status === 'closed') return
    this.#hangUp(close.AGAIN, '')
    this.#again()
  }

  /** Dials now, if the next dial is merely waiting for its time. */
  hurry(): void {
    if (this.status !== 'away' || this.#line !== undefined) return
    this.#await(Math.max(this.#plan.clock.now(), this.#notBefore))
  }

  /** Ends the session. Resolves when the other end knows, or does not answer. */
  close(reason: Refused): Promise<void> {
    const gone =
      this.#line === undefined
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            const cancel = this.#plan.clock.at(this.#plan.clock.now() + FAREWELL, resolve)
            this.#gone = () => {
              cancel()
              resolve()
            }
          })
    this.#end(reason)
    return gone
  }

  #hear(bytes: Uint8Array): void {
    this.received += bytes.length
    try {
      const r = new Reader(bytes)
      const kind = r.u8()
      if (kind === down.WELCOME) {
        const welcome = readWelcome(r)
        this.#in = true
        this.#plan.welcome(welcome)
      } else if (kind === down.REFUSED || kind === down.CLOSED) this.#refused(readReason(r))
      else if (kind === down.WAIT) this.#wait(readWait(r))
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
    if (!FINAL.includes(code)) return this.#again()
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
    this.#await(Math.max(this.#plan.clock.now() + wait, this.#notBefore))
    this.#set('away')
  }

  #await(due: number): void {
    this.#cancel()
    this.#cancel = this.#plan.clock.at(due, () => this.start())
  }

  #end(reason: Refused): void {
    if (this.status === 'closed') return
    this.#cancel()
    this.#hangUp(close.DONE, '')
    this.reason = reason
    this.#set('closed')
  }

  #hangUp(code: number, why: string): void {
    const line = this.#line
    this.#line = undefined
    this.#in = false
    line?.close(code, why)
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
