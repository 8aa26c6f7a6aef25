/** Bytes to one client. Only `write` is on the path of a tick. */
export interface Pipe {
  /**
   * Sends a frame. Its bytes must not change afterwards: a socket may still hold them.
   *
   * `before` goes in front of it, in the same flush. It is only lent: once this returns, its bytes may change.
   */
  write(frame: Uint8Array, before?: Uint8Array): void
  /** Bytes written that the client's machine has not taken yet. */
  readonly queued: number
  /** Sends what was written, then closes. Codes: see {@link close}. Closing twice does nothing. */
  close(code: number, reason: string): void
}

/** WebSocket close codes of hoopsnake. The frame before says why in words; these are for proxies and logs. */
export const close = {
  /** The client left, or was told CLOSED: it must not dial again by itself. */
  DONE: 4000,
  /** The server lost this connection's trust: malformed frames, floods. Not to be dialled again by itself. */
  REFUSED: 4001,
  /** The connection is given up but the seat is held: dial again. */
  AGAIN: 4002,
} as const
