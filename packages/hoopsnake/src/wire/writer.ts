const utf8 = new TextEncoder()

/**
 * A growing buffer that values are written into.
 *
 * Little-endian. `uint` is LEB128: seven bits per byte, low bits first, high bit set on all but the last.
 */
export class Writer {
  #bytes: Uint8Array
  #view: DataView
  /** Bytes written so far. May be set back to an earlier position, never forward. */
  length = 0

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  u8(n: number): void {
    const at = this.#claim(1)
    this.#bytes[at] = n
  }

  u16(n: number): void {
    const at = this.#claim(2)
    this.#view.setUint16(at, n, true)
  }

  u32(n: number): void {
    const at = this.#claim(4)
    this.#view.setUint32(at, n, true)
  }

  i32(n: number): void {
    const at = this.#claim(4)
    this.#view.setInt32(at, n, true)
  }

  f32(n: number): void {
    const at = this.#claim(4)
    this.#view.setFloat32(at, n, true)
  }

  f64(n: number): void {
    const at = this.#claim(8)
    this.#view.setFloat64(at, n, true)
  }

  /** Writes 0 … 2^53 − 1 in 1–8 bytes. */
  uint(n: number): void {
    let at = this.#claim(8)
    while (n > 0x7f) {
      this.#bytes[at++] = (n & 0x7f) | 0x80
      // Division, not a shift: shifts see 32 bits only.
      n = n < 0x80000000 ? n >>> 7 : Math.floor(n / 128)
    }
    this.#bytes[at++] = n
    this.length = at
  }

  /** Writes −(2^52) … 2^52 − 1 zigzagged: 0, −1, 1, −2 … become 0, 1, 2, 3 …. */
  int(n: number): void {
    this.uint(n < 0 ? -2 * n - 1 : 2 * n)
  }

  /** Writes UTF-8 behind its length in bytes. A lone surrogate becomes U+FFFD. */
  str(text: string): void {
    // A UTF-16 unit takes at most three bytes of UTF-8. The length goes in front, so write behind the widest
    // length first and move up if the length turned out shorter.
    const most = text.length * 3
    const gap = most < 0x80 ? 1 : most < 0x4000 ? 2 : 5
    const start = this.#claim(gap + most)
    const { written } = utf8.encodeInto(text, this.#bytes.subarray(start + gap))
    this.length = start
    this.uint(written)
    if (this.length !== start + gap) this.#bytes.copyWithin(this.length, start + gap, start + gap + written)
    this.length += written
  }

  /** Writes bytes as they are, without a length. */
  raw(bytes: Uint8Array): void {
    const at = this.#claim(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Writes the first `count` of `values` side by side in `width` (1, 2, 4 or 8) bits each, low bits first. */
  bits(values: ArrayLike<number>, count: number, width: number): void {
    let at = this.#claim((count * width + 7) >> 3)
    const bytes = this.#bytes
    let byte = 0
    let bit = 0
    for (let i = 0; i < count; i++) {
      byte |= values[i]! << bit
      bit += width
      if (bit < 8) continue
      bytes[at++] = byte
      byte = bit = 0
    }
    if (bit > 0) bytes[at] = byte
  }

  /**
   * Writes the first `count` of `steps` side by side in `width` bits each: those from −2^(width−1) to 2^(width−1) without
   * 0, counted from 0. Leaves out those that are further.
   */
  steps(steps: ArrayLike<number>, count: number, width: number): void {
    let at = this.#claim((count * width + 7) >> 3)
    const bytes = this.#bytes
    const half = 1 << (width - 1)
    let byte = 0
    let bit = 0
    for (let i = 0; i < count; i++) {
      const step = steps[i]!
      if (step < -half || step > half) continue
      // One less for those above 0; without a branch, which nobody could predict.
      byte |= (step + half - 1 + (step >>> 31)) << bit
      bit += width
      if (bit < 8) continue
      bytes[at++] = byte
      byte = bit = 0
    }
    if (bit > 0) bytes[at++] = byte
    this.length = at
  }

  /** Writes a bit for each of `of` things, set for the first `count` of `places`. */
  marks(places: ArrayLike<number>, count: number, of: number): void {
    const at = this.hole((of + 7) >> 3)
    const bytes = this.#bytes
    // Bit by bit: gathering them into bytes takes a branch that nobody could predict.
    for (let i = 0; i < count; i++) {
      const place = places[i]!
      bytes[at + (place >> 3)]! |= 1 << (place & 7)
    }
  }

  /** Brings what was written from `middle` on in front of what was written from `start` to there. */
  bring(start: number, middle: number): void {
    const later = this.take(middle)
    this.#bytes.copyWithin(start + later.length, start, middle)
    this.#bytes.set(later, start)
  }

  /** Leaves room for `count` zero bytes and returns their position, to be filled by `set`. */
  hole(count: number): number {
    const at = this.#claim(count)
    // Mostly a byte or two, for which `fill` takes its time.
    for (let i = at; i < this.length; i++) this.#bytes[i] = 0
    return at
  }

  /** Sets bits of an earlier byte: `byte |= bits`. */
  set(at: number, bits: number): void {
    this.#bytes[at] = this.#bytes[at]! | bits
  }

  /** Returns a copy of what was written from `start` on. The writer may be used again. */
  take(start = 0): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(start, this.length)
  }

  /** Gives what was written, not as a copy: it changes with whatever is written next. */
  lend(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  /** Forgets everything written and keeps the buffer. */
  clear(): void {
    this.length = 0
  }

  #claim(count: number): number {
    const at = this.length
    this.length = at + count
    if (this.length > this.#bytes.length) this.#grow(this.length)
    return at
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
