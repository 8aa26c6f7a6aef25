import { expect, test } from 'vitest'
import { binaryMessage, Framing } from './frame.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('[GW13] a message is one unmasked binary frame with the shortest length that holds it', () => {
  expect(hex(binaryMessage(Uint8Array.of()))).toBe('8200')
  expect(hex(binaryMessage(Uint8Array.of(1, 2, 3)))).toBe('8203010203')
  expect(hex(binaryMessage(new Uint8Array(125)).subarray(0, 2))).toBe('827d')
  expect(hex(binaryMessage(new Uint8Array(126)).subarray(0, 4))).toBe('827e007e')
  expect(hex(binaryMessage(new Uint8Array(0xffff)).subarray(0, 4))).toBe('827effff')
  expect(hex(binaryMessage(new Uint8Array(0x10000)).subarray(0, 10))).toBe('827f0000000000010000')
})

test('[GW13] the same payload gives the same buffer to every client in a row', () => {
  const framing = new Framing()
  const [a, b] = [Uint8Array.of(1), Uint8Array.of(1)]
  const first = framing.message(a)
  expect(framing.message(a)).toBe(first)
  expect(framing.message(b)).not.toBe(first)
})

test('[GW13] what is joined is a copy: what was lent may change, and nothing that was given is written again', () => {
  const framing = new Framing()
  const lent = new Uint8Array(3)
  const given = Array.from({ length: 300 }, (_, i) => {
    lent.fill(i)
    return framing.join(lent, binaryMessage(new Uint8Array(i).fill(i)))!
  })
  for (const [i, message] of given.entries()) {
    const whole = [binaryMessage(new Uint8Array(3).fill(i)), binaryMessage(new Uint8Array(i).fill(i))]
    expect(hex(message)).toBe(hex(Buffer.concat(whole)))
  }
  // Who does not read holds what its message was cut from.
  expect(Math.max(...given.map(({ buffer }) => buffer.byteLength))).toBe(4096)
  expect(framing.join(lent, Buffer.alloc(4096 - 5))?.length).toBe(4096)
  expect(framing.join(lent, Buffer.alloc(4096 - 4))).toBeUndefined()
})
