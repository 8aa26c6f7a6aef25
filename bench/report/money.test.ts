import { expect, test } from 'vitest'
import { money, terabytes } from './money.ts'

test('a month of 1,000 players is counted in seconds, with the heads of the packets', () => {
  // 100 bytes a frame: one packet each, 20 × 52 bytes of heads a second.
  const { payload, wire } = terabytes(2000)
  expect(payload).toBeCloseTo(5.184, 6)
  expect(wire).toBeCloseTo(5.184 + 1.04 * 2.592, 6)
  // 9,000 bytes a frame take seven packets.
  expect(terabytes(180_000).wire - terabytes(180_000).payload).toBeCloseTo(7 * 1.04 * 2.592, 6)
})

test('the price follows what is on the wire', () => {
  expect(money([{ server: 'a', bytes: 2000 }])).toEqual([
    {
      server: 'a',
      'TB of messages': expect.closeTo(5.184, 6),
      'with TCP and IP': expect.closeTo(7.87968, 6),
      'at $90 per TB': '$709',
    },
  ])
})
