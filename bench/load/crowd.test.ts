/* What a crowd finds out: how late ticks come, and whether the snakes move. */
import { expect, test } from 'vitest'
import { limit } from './dialects/limit.ts'
import { jsonWitness } from './dialects/json.ts'
import { Lateness } from './lateness.ts'
import { stepsBetween, watch } from './watch.ts'

test('lateness is told to a twentieth of a millisecond, and what is early is not late', () => {
  const late = new Lateness()
  expect(late.percentile(0.5)).toBeNaN()
  for (let n = 1; n <= 100; n++) late.note(n / 10)
  expect([0.5, 0.99, 1].map((share) => late.percentile(share))).toEqual([
    expect.closeTo(5, 5),
    expect.closeTo(9.9, 5),
    expect.closeTo(10, 5),
  ])
  late.reset()
  late.note(-20)
  late.note(1e9)
  expect(late.percentile(0.5)).toBe(0)
  expect(late.percentile(1)).toBeCloseTo(1000, 0)
})

test('steps are counted over the border, and only of snakes that were there before', () => {
  const before = new Map([
    [1, [127, 5]],
    [2, [10, 0]],
  ] as const)
  const after = new Map([
    [1, [0, 5]],
    [2, [10, 127]],
    [3, [64, 64]],
  ] as const)
  expect(stepsBetween(before, after)).toBe(1)
  expect(stepsBetween(before, before)).toBe(0)
  expect(stepsBetween(new Map(), after)).toBe(0)
})

test('a watch adds up what its witness sees', async () => {
  const eyes = watch(await limit.witness!())
  eyes.take(Uint8Array.of(1, 0, 0, 50, 60, 70, 80))
  // The first goes left over the border, the second down, the third right.
  eyes.take(Uint8Array.of(2, 1, 0, 0b01_10_11))
  expect(eyes.seen()).toEqual({ snakes: 3, steps: 1 })
  eyes.reset()
  expect(eyes.seen()).toEqual({ snakes: 3, steps: 0 })
})

test('a witness of JSON knows who came and went', () => {
  const eyes = jsonWitness(0)
  const say = (message: unknown) => eyes.take(Buffer.from(JSON.stringify(message)))
  say(['full', [[1, 5, 5, 0, 10]]])
  say([
    'tick',
    [
      [1, 5, 4, 0, 10],
      [2, 9, 9, 1, 10],
    ],
    [],
  ])
  expect(say(['tick', [[2, 10, 9, 1, 10]], [1]])).toEqual(new Map([[2, [10, 9]]]))
})
