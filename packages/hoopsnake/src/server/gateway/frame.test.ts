import { expect, test } from 'vitest'
import { binaryMessage, sharedFraming } from './frame.ts'

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
  const framing = sharedFraming()
  const [a, b] = [Uint8Array.of(1), Uint8Array.of(1)]
  expect(framing(a)).toBe(framing(a))
  expect(framing(b)).not.toBe(framing(a))
})
