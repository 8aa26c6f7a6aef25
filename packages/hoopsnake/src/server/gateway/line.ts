import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Pipe } from '../../core/pipe.ts'
import { binaryMessage, type Framing } from './frame.ts'

/** A pipe with what the gateway needs besides. */
export interface Line extends Pipe {
  /** Whether frames still go out and come in. */
  readonly open: boolean
  ping(): void
  /** Ends the connection without a word. */
  cut(): void
}

/** Most bytes of the reason in a close frame (RFC 6455, 5.5). */
const REASON = 123

/**
 * Makes the pipe of one WebSocket.
 *
 * Messages are written to the socket itself: one write per tick, or two in one flush, of buffers that are shared by
 * the clients of a room. That keeps the order with what ws writes (pongs, close), because ws without compression
 * writes at once too. `ending` is told how it is closed from this side.
 */
export function socketLine(
  ws: WebSocket,
  socket: Duplex,
  shared: Framing,
  ending: (code: number, reason: string) => void,
): Line {
  return {
    write(frame, then) {
      // Nothing may follow a close frame.
      if (ws.readyState !== WebSocket.OPEN) return
      if (then === undefined) {
        socket.write(shared(frame))
        return
      }
      socket.cork()
      socket.write(binaryMessage(frame))
      socket.write(shared(then))
      socket.uncork()
    },
    get queued() {
      return socket.writableLength
    },
    get open() {
      return ws.readyState === WebSocket.OPEN
    },
    close(code, reason) {
      if (ws.readyState !== WebSocket.OPEN) return
      ending(code, reason)
      ws.close(code, cut(reason))
    },
    ping() {
      if (ws.readyState === WebSocket.OPEN) ws.ping()
    },
    cut: () => ws.terminate(),
  }
}

/** Shortens a text to what a close frame holds, between characters. */
function cut(reason: string): string {
  const bytes = new TextEncoder().encode(reason)
  if (bytes.length <= REASON) return reason
  return new TextDecoder().decode(bytes.subarray(0, REASON)).replace(/\uFFFD+$/, '')
}
