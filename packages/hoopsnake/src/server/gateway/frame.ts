/*
 * A WebSocket message as the server sends it: one unmasked binary frame (RFC 6455, 5.2).
 *
 * u8 0x82 {FIN, binary} · u8 length, or 126 · u16 length, or 127 · u64 length (big-endian) · payload
 */

/**
 * Puts the header of a binary message in front of `payload`: a new buffer, ready for the socket.
 *
 * A Buffer, because a stream makes one of any other bytes, anew for each client. Not one of Node's pool: a client that
 * does not read would hold all that lies beside it there. `after` is a whole message that follows it.
 */
export function binaryMessage(payload: Uint8Array, after?: Buffer): Buffer {
  const { length } = payload
  const head = length < 126 ? 2 : length < 0x10000 ? 4 : 10
  const message = Buffer.allocUnsafeSlow(head + length + (after === undefined ? 0 : after.length))
  message[0] = 0x82
  if (head === 2) message[1] = length
  else if (head === 4) {
    message[1] = 126
    message.writeUInt16BE(length, 2)
  } else {
    message[1] = 127
    message.writeBigUInt64BE(BigInt(length), 2)
  }
  message.set(payload, head)
  if (after !== undefined) message.set(after, head + length)
  return message
}

/** Turns payloads into messages; one that is asked for several times in a row is made once. */
export type Framing = (payload: Uint8Array) => Buffer

/** Makes a framing. A tick hands the same bytes to every client of a room: they go out as one buffer. */
export function sharedFraming(): Framing {
  let last: Uint8Array | undefined
  let message: Buffer = Buffer.alloc(0)
  return (payload) => {
    if (payload !== last) {
      message = binaryMessage(payload)
      last = payload
    }
    return message
  }
}
