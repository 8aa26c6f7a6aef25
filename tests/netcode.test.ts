import { expect, test } from 'vitest'
import { runNetcode } from './netcode.ts'

const seeds = Array.from({ length: 50 }, (_, i) => i + 1)

test('[CL25] over latency, jitter, bursts and cuts views never run back, and predictions soon come true (50 seeds)', async () => {
  let cuts = 0
  for (const seed of seeds) {
    const seen = await runNetcode(seed)
    cuts += seen.cuts
    expect({
      seed,
      back: seen.back,
      desyncs: seen.desyncs,
      late: Math.max(0, seen.settled - seen.bound),
    }).toEqual({
      seed,
      back: 0,
      desyncs: 0,
      late: 0,
    })
  }
  expect(cuts).toBeGreaterThan(100)
})
