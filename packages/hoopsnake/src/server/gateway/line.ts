import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { close, type Pipe } from '../../core/pipe.ts'
import type { Stay } from './door.ts'
import { binaryMessage, type Framing } from './frame.ts'

/** A pipe with what the gateway needs besides. */
export interface Line extends Pipe {
  /** Whether frames still go out and come in. */
  readonly open: boolean
  ping(): void
  /** Answers a ping. */
  pong(data: Uint8Array): void
  /** Ends the connection without a word. */
  cut(): void
}

/** Bytes that a client may have left unread, and still have its pings answered. */
const MOST_UNREAD = 65_536

/** Most bytes of the reason in a close frame (RFC 6455, 5.5). */
const REASON = 123

/**
 * The pipe of one WebSocket.
 *
 * Messages are written to the socket itself: one write per tick, of a buffer that is shared by the clients of a room,
 * or of one's own with what is shared behind it. That keeps the order with what ws writes (pongs, close), because ws
 * without compression writes at once too.
 *
 * A class, because each tick goes through all of them: one object of a thousand that is fetched from memory, where
 * closures are three.
 */
export class SocketLine implements Line {
  // What every tick looks at comes first, side by side.
  readonly #socket: Duplex
  readonly #framing: Framing
  #open = true
  readonly #ws: WebSocket
  readonly #stay: Pick<Stay, 'ending'>

  /** `stay` is told how the line is closed from this side. */
  constructor(ws: WebSocket, socket: Duplex, framing: Framing, stay: Pick<Stay, 'ending'>) {
    this.#ws = ws
    this.#socket = socket
    this.#framing = framing
    this.#stay = stay
  }

  write(frame: Uint8Array, before?: Uint8Array): void {
    // Nothing may follow a close frame.
    if (!this.#open) return
    const message = this.#framing.message(frame)
    if (before === undefined) this.#socket.write(message)
    else this.#writeBoth(before, message)
  }

  #writeBoth(before: Uint8Array, message: Buffer): void {
    const socket = this.#socket
    const whole = this.#framing.join(before, message)
    if (whole !== undefined) {
      socket.write(whole)
      return
    }
    socket.cork()
    socket.write(binaryMessage(before))
    socket.write(message)
    socket.uncork()
  }

  get queued(): number {
    return this.#socket.writableLength
  }

  get open(): boolean {
    return this.#open
  }

  /** Notes that ws is closing, or has closed. */
  shut(): void {
    this.#open = false
  }

  close(code: number, reason: string): void {
    if (!this.#open) return
    if (code === close.REFUSED) this.#stay.ending(reason)
    this.#ws.close(code, cut(reason))
  }

  ping(): void {
    if (this.#open) this.#ws.ping()
  }

  pong(data: Uint8Array): void {
    // Who does not read gets no more to read.
    if (this.#open && this.#socket.writableLength < MOST_UNREAD) this.#ws.pong(data)
  }

  cut(): void {
    this.#open = false
    this.#ws.terminate()
  }
}

/** Shortens a text to what a close frame holds, between characters. */
function cut(reason: string): string {
  const bytes = new TextEncoder().encode(reason)
  if (bytes.length <= REASON) return reason
  return new TextDecoder().decode(bytes.subarray(0, REASON)).replace(/\uFFFD+$/, '')
}
