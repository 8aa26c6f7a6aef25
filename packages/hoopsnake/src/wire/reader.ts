import { Malformed } from './errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads what {@link Writer} wrote. Throws {@link Malformed} at the end of the bytes; never reads beyond. */
export class Reader {
  #bytes: Uint8Array
  /** Made when it is first needed: most frames have no wide numbers. */
  #wide: DataView | undefined
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Begins with other bytes; what is left of those before is not read. Returns itself. */
  open(bytes: Uint8Array): this {
    this.#bytes = bytes
    this.#wide = undefined
    this.#at = 0
    return this
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#bytes[this.#step(1)]!
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#step(4), true)
  }

  f32(): number {
    return this.#view.getFloat32(this.#step(4), true)
  }

  f64(): number {
    return this.#view.getFloat64(this.#step(8), true)
  }

  uint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break
        return value
      }
      scale *= 128
    }
    throw new Malformed('a number takes more than 53 bits')
  }

  int(): number {
    const n = this.uint()
    return n % 2 === 1 ? -((n + 1) / 2) : n / 2
  }

  /** Reads a text of at most `max` UTF-16 units. */
  str(max: number): string {
    const size = this.uint()
    if (size > max * 3) throw new Malformed(`a text of ${size} bytes where at most ${max} characters are due`)
    const start = this.#step(size)
    let text: string
    try {
      text = utf8.decode(this.#bytes.subarray(start, start + size))
    } catch {
      throw new Malformed('a text that is not UTF-8')
    }
    if (text.length > max)
      throw new Malformed(`a text of ${text.length} characters where at most ${max} are due`)
    return text
  }

  /** Reads `count` bytes as a copy of their own. */
  raw(count: number): Uint8Array<ArrayBuffer> {
    const start = this.#step(count)
    return Uint8Array.from(this.#bytes.subarray(start, start + count))
  }

  /** Reads `count` numbers of `width` (1, 2, 4 or 8) bits each, side by side, low bits first. */
  bits(count: number, width: number): number[] {
    const start = this.#step(Math.ceil((count * width) / 8))
    const mask = 2 ** width - 1
    const values: number[] = []
    for (let bit = 0; bit < count * width; bit += width)
      values.push((this.#bytes[start + (bit >> 3)]! >> (bit & 7)) & mask)
    return values
  }

  /** Reads a count of things that take at least `least` bytes each, and refuses one that cannot be there. */
  count(max: number, least: number): number {
    const count = this.uint()
    if (count > max) throw new Malformed(`${count} elements where at most ${max} are due`)
    if (count * least > this.left) throw new Malformed(`${count} elements in ${this.left} bytes`)
    return count
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.left > 0) throw new Malformed(`${this.left} bytes too many`)
  }

  get #view(): DataView {
    const bytes = this.#bytes
    return (this.#wide ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }

  #step(count: number): number {
    const at = this.#at
    if (count > this.left) throw new Malformed(`${count} bytes where ${this.left} are left`)
    this.#at = at + count
    return at
  }
}
