/*
 * WebSocket (RFC 6455) as a load client needs it: whole messages from the server, unmasked, and short ones to it.
 *
 * frame    u8 fin and opcode · u8 mask and length · [u16 or u64 length, big-endian] · [4 bytes mask] · payload
 */

export const opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Takes a message. The bytes are lent: they are overwritten when this returns. */
export type Take = (kind: number, payload: Uint8Array) => void

/** Puts frames together from what a socket brings. Throws on a message in several parts: no server here sends such. */
export class FrameReader {
  /** What is there of a frame whose end is not; `#held` bytes of it mean something. */
  #rest = new Uint8Array(0)
  #held = 0
  readonly #take: Take

  constructor(take: Take) {
    this.#take = take
  }

  push(chunk: Uint8Array): void {
    if (this.#held === 0) return this.#keep(chunk, this.#read(chunk))
    if (this.#rest.length < this.#held + chunk.length) {
      const larger = new Uint8Array(2 * (this.#held + chunk.length))
      larger.set(this.#rest.subarray(0, this.#held))
      this.#rest = larger
    }
    this.#rest.set(chunk, this.#held)
    const whole = this.#rest.subarray(0, this.#held + chunk.length)
    this.#keep(whole, this.#read(whole))
  }

  /** Takes the frames that are whole; gives where the first begins that is not. */
  #read(bytes: Uint8Array): number {
    let at = 0
    for (;;) {
      const start = at + headOf(bytes, at)
      const end = start + lengthOf(bytes, at)
      // NaN, where not even the head is whole, is not below anything.
      if (!(end <= bytes.length)) return at
      const first = bytes[at]!
      if ((first & 0x80) === 0) throw new Error('a message in several parts')
      this.#take(first & 0x0f, bytes.subarray(start, end))
      at = end
    }
  }

  #keep(bytes: Uint8Array, from: number): void {
    this.#held = bytes.length - from
    if (this.#held === 0) return
    if (this.#rest.length < this.#held) this.#rest = new Uint8Array(2 * this.#held)
    // May be a part of itself: `set` minds that.
    this.#rest.set(bytes.subarray(from))
  }
}

/** Gives the length of a frame's head. */
function headOf(bytes: Uint8Array, at: number): number {
  const short = bytes[at + 1]! & 0x7f
  return short < 126 ? 2 : short === 126 ? 4 : 10
}

/** Gives the length of a frame's payload; NaN where its head is not whole. */
function lengthOf(bytes: Uint8Array, at: number): number {
  if (bytes.length < at + 2 || bytes.length < at + headOf(bytes, at)) return NaN
  const short = bytes[at + 1]! & 0x7f
  if (short < 126) return short
  const view = new DataView(bytes.buffer, bytes.byteOffset + at)
  return short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2))
}

/** Makes a frame to a server of less than 126 bytes. The mask is zero: the server undoes it as any other. */
export function frameOf(kind: number, payload: Uint8Array): Uint8Array {
  if (payload.length > 125) throw new RangeError(`${payload.length} bytes in a short frame`)
  const frame = new Uint8Array(6 + payload.length)
  frame[0] = 0x80 | kind
  frame[1] = 0x80 | payload.length
  frame.set(payload, 6)
  return frame
}
