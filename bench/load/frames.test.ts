import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader, frameOf, opcode } from './frames.ts'

/** A frame as a server sends it: unmasked. */
function unmasked(kind: number, payload: Uint8Array): Uint8Array {
  const { length } = payload
  const head = new DataView(new ArrayBuffer(length < 126 ? 2 : length < 65_536 ? 4 : 10))
  head.setUint8(0, 0x80 | kind)
  head.setUint8(1, length < 126 ? length : length < 65_536 ? 126 : 127)
  if (head.byteLength === 4) head.setUint16(2, length)
  if (head.byteLength === 10) head.setBigUint64(2, BigInt(length))
  return Buffer.concat([new Uint8Array(head.buffer), payload])
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Reads chunks as a socket brings them: each in memory that is overwritten afterwards. */
function read(chunks: readonly Uint8Array[]): [kind: number, payload: string][] {
  const taken: [number, string][] = []
  const reader = new FrameReader((kind, payload) => taken.push([kind, hex(payload)]))
  const lent = new Uint8Array(200_000)
  for (const chunk of chunks) {
    lent.set(chunk)
    reader.push(lent.subarray(0, chunk.length))
    lent.fill(0xee)
  }
  return taken
}

test('frames are read whole, however the socket cuts them', () => {
  const sizes = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.constantFrom(65_535, 65_536, 70_000))
  fc.assert(
    fc.property(
      fc.array(sizes, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }),
      (lengths, cuts) => {
        const frames = lengths.map((length, place) => ({
          kind: place % 2 === 0 ? opcode.binary : opcode.text,
          payload: new Uint8Array(length).fill(place + 1),
        }))
        const bytes = Buffer.concat(frames.map(({ kind, payload }) => unmasked(kind, payload)))
        const chunks: Uint8Array[] = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const end = at + cuts[turn % cuts.length]!
          chunks.push(bytes.subarray(at, end))
          at = end
        }
        expect(read(chunks)).toEqual(frames.map(({ kind, payload }) => [kind, hex(payload)]))
      },
    ),
    { numRuns: 15 },
  )
})

test('a head that comes byte by byte is waited for', () => {
  const bytes = unmasked(opcode.binary, new Uint8Array(300).fill(7))
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte))
  expect(read(single)).toEqual([[opcode.binary, '07'.repeat(300)]])
})

test('a message in several parts is refused', () => {
  expect(() => read([Uint8Array.of(0x02, 1, 9)])).toThrow('several parts')
})

test('what is sent is masked, by a mask of zeros', () => {
  expect([...frameOf(opcode.binary, Uint8Array.of(9, 8))]).toEqual([0x82, 0x82, 0, 0, 0, 0, 9, 8])
  expect(() => frameOf(opcode.binary, new Uint8Array(126))).toThrow('short')
})
