/*
 * A WebSocket message as the server sends it: one unmasked binary frame (RFC 6455, 5.2).
 *
 * u8 0x82 {FIN, binary} · u8 length, or 126 · u16 length, or 127 · u64 length (big-endian) · payload
 */

/**
 * Makes the message of `payload`: a new buffer, ready for the socket.
 *
 * A Buffer, because a stream makes one of any other bytes, anew for each client. Not one of Node's pool: a client that
 * does not read would hold all that lies beside it there.
 */
export function binaryMessage(payload: Uint8Array): Buffer {
  const head = headOf(payload.length)
  const message = Buffer.allocUnsafeSlow(head + payload.length)
  put(message, 0, head, payload)
  return message
}

/**
 * Bytes that messages for one client alone are cut from: a buffer of its own for each costs more than writing it. A
 * client that does not read holds so many for each message, and those of two seconds at most: then it is skipped.
 */
const SLAB = 4096

/** Turns payloads into messages. Those of one gateway share it. */
export class Framing {
  #last: Uint8Array | undefined
  #message: Buffer = Buffer.alloc(0)
  #slab: Buffer = Buffer.alloc(0)
  #cut = 0

  /** Makes a message. One that is asked for several times in a row is made once: a tick hands the same to everybody. */
  message(payload: Uint8Array): Buffer {
    if (payload !== this.#last) {
      this.#message = binaryMessage(payload)
      this.#last = payload
    }
    return this.#message
  }

  /**
   * Makes the message of `payload` and puts a copy of another behind it: one write costs less than one of two buffers.
   * Undefined where that is too much to copy.
   */
  join(payload: Uint8Array, message: Buffer): Buffer | undefined {
    const head = headOf(payload.length)
    const length = head + payload.length + message.length
    if (length > SLAB) return undefined
    if (this.#cut + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB)
      this.#cut = 0
    }
    const slab = this.#slab
    const at = this.#cut
    this.#cut += length
    put(slab, at, head, payload)
    slab.set(message, at + head + payload.length)
    return slab.subarray(at, at + length)
  }
}

/** Gives how many bytes go before a payload of so many. */
function headOf(length: number): number {
  return length < 126 ? 2 : length < 0x10000 ? 4 : 10
}

/** Puts a message into `bytes`; `head` is what `headOf` gave. */
function put(bytes: Buffer, at: number, head: number, payload: Uint8Array): void {
  const { length } = payload
  bytes[at] = 0x82
  if (head === 2) bytes[at + 1] = length
  else if (head === 4) {
    bytes[at + 1] = 126
    bytes.writeUInt16BE(length, at + 2)
  } else {
    bytes[at + 1] = 127
    bytes.writeBigUInt64BE(BigInt(length), at + 2)
  }
  bytes.set(payload, at + head)
}
