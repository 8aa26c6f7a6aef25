import { expect, test, vi } from 'vitest'
import { virtualClock } from './clock.ts'
import type { VirtualClock } from './clock.ts'
import { createLoops, TooLate } from './loop.ts'
import type { Late, Loop, LoopOptions } from './loop.ts'

/** A loop on a virtual clock, and what its steps were told. */
function run(options: Partial<LoopOptions> = {}, clock: VirtualClock = virtualClock(1000)) {
  const loops = createLoops(clock)
  const steps: { at: number; count: number; late: Late }[] = []
  const failures: unknown[] = []
  const loop = loops.start({
    hz: 10,
    step: (count, late) => void steps.push({ at: clock.now(), count, late }),
    failed: (error) => void failures.push(error),
    ...options,
  })
  return { clock, loops, loop, steps, failures }
}

/** Lets `ms` pass in which nothing is called: a stall of the event loop. */
function stall(clock: VirtualClock, ms: number): void {
  clock.at(clock.now(), () => clock.advance(ms))
  clock.advance(0)
}

const sum = ({ stats }: Loop) => stats.stepped + stats.skipped + stats.dilated

test('[LP1] tick n falls due n periods after the start, the first one period after it', () => {
  const { clock, steps, loop } = run({ hz: 8 })
  clock.advance(124)
  expect(steps).toEqual([])
  clock.advance(626)
  expect(steps.map(({ at }) => at)).toEqual([1125, 1250, 1375, 1500, 1625, 1750])
  expect(steps.every(({ count, late }) => count === 1 && late.ms === 0)).toBe(true)
  expect(loop.stats).toEqual({ due: 6, stepped: 6, skipped: 0, dilated: 0 })
})

test('[LP1] a million ticks of 60 Hz end when they should, and so do ticks of awkward length', () => {
  for (const [hz, count] of [
    [60, 1_000_000],
    [2.3, 100_000],
    [1000, 100_000],
  ] as const) {
    const start = 987_654.321
    let last = 0
    const { clock, loop } = run({ hz, step: () => void (last = clock.now()) }, virtualClock(start))
    const end = (count * 1000) / hz
    clock.advance(end + 0.0001)
    expect(loop.stats).toEqual({ due: count, stepped: count, skipped: 0, dilated: 0 })
    expect(Math.abs((last - start) / end - 1)).toBeLessThan(1e-12)
  }
})

test('[LP1] steps that come late by some jitter never shift the schedule', () => {
  // A timer that wakes up to 3 ms late, as real ones do.
  const clock = virtualClock()
  let wakes = 0
  const jittery = {
    ...clock,
    now: () => clock.now(),
    at: (due: number, wake: () => void) => clock.at(due + ((wakes++ * 7) % 3), wake),
  }
  let steps = 0
  const loop = createLoops(jittery).start({ hz: 60, step: (count) => (steps += count) })
  clock.advance(60_003)
  expect(steps).toBe(3600)
  expect(loop.stats.skipped).toBe(0)
})

test('[LP1] a timer that wakes too early costs nothing', () => {
  const clock = virtualClock()
  let asked = 0
  const hasty = { ...clock, at: (due: number, wake: () => void) => clock.at(due - (asked++ % 2), wake) }
  const seen: number[] = []
  createLoops(hasty).start({ hz: 10, step: () => seen.push(clock.now()) })
  clock.advance(350)
  expect(seen).toEqual([100, 200, 300])
})

test('[LP2] a jump of the wall clock changes nothing', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const { clock, steps } = run()
    clock.advance(200)
    vi.setSystemTime(new Date(0))
    clock.advance(200)
    vi.setSystemTime(new Date('2100-01-01'))
    clock.advance(200)
    expect(steps.map(({ at, count }) => [at, count])).toEqual(
      [1100, 1200, 1300, 1400, 1500, 1600].map((at) => [at, 1]),
    )
  } finally {
    vi.useRealTimers()
  }
})

test('[LP3] { catchUp } makes up to its most at once and skips the others', () => {
  const { clock, steps, loop } = run({ late: { catchUp: 3 } })
  stall(clock, 250)
  clock.advance(0)
  expect(steps).toEqual([{ at: 1250, count: 2, late: { ms: 150, skipped: 0, dilated: 0 } }])
  stall(clock, 5000)
  clock.advance(0)
  expect(steps[1]).toEqual({ at: 6250, count: 3, late: { ms: 4950, skipped: 47, dilated: 0 } })
  expect(loop.stats).toEqual({ due: 52, stepped: 5, skipped: 47, dilated: 0 })
  // Back on the old schedule, not on one that begins with the stall.
  clock.advance(100)
  expect(steps[2]).toEqual({ at: 6300, count: 1, late: { ms: 0, skipped: 0, dilated: 0 } })
})

test('[LP3] { catchUp: 4 } is what a loop does that says nothing', () => {
  const { clock, steps } = run()
  stall(clock, 5000)
  clock.advance(0)
  expect(steps).toEqual([{ at: 6000, count: 4, late: { ms: 4900, skipped: 46, dilated: 0 } }])
})

test("[LP3] 'skip' makes one and skips the others", () => {
  const { clock, steps, loop } = run({ late: 'skip' })
  stall(clock, 5000)
  clock.advance(100)
  expect(steps).toEqual([
    { at: 6000, count: 1, late: { ms: 4900, skipped: 49, dilated: 0 } },
    { at: 6100, count: 1, late: { ms: 0, skipped: 0, dilated: 0 } },
  ])
  expect(loop.stats).toEqual({ due: 51, stepped: 2, skipped: 49, dilated: 0 })
})

test("[LP3] 'slow' makes one and lets the loop's time stand still for the others", () => {
  const { clock, steps, loop } = run({ late: 'slow' })
  stall(clock, 5000)
  clock.advance(100)
  expect(steps).toEqual([
    { at: 6000, count: 1, late: { ms: 4900, skipped: 0, dilated: 49 } },
    { at: 6100, count: 1, late: { ms: 0, skipped: 0, dilated: 0 } },
  ])
  expect(loop.stats).toEqual({ due: 51, stepped: 2, skipped: 0, dilated: 49 })
})

test("[LP3] 'fail' makes none and fails with the ticks it was late by", async () => {
  const { clock, steps, loop, failures } = run({ late: 'fail' })
  clock.advance(150)
  expect(steps.length).toBe(1)
  stall(clock, 5000)
  clock.advance(1000)
  expect(steps.length).toBe(1)
  expect(failures).toEqual([expect.any(TooLate)])
  expect(failures[0]).toMatchObject({ code: 'TOO_LATE', ticks: 50 })
  expect(String(failures[0])).toMatch(/50 ticks late \(4950\.0 ms\)/)
  expect(loop.stats).toEqual({ due: 51, stepped: 1, skipped: 50, dilated: 0 })
  await expect(loop.done).rejects.toBe(failures[0])
})

test('[LP4] stepped + skipped + dilated = due, at every moment, under any stalls', () => {
  for (const late of [{ catchUp: 1 }, { catchUp: 4 }, 'skip', 'slow'] as const) {
    const clock = virtualClock()
    const loops = createLoops(clock)
    let told = 0
    let busy = true
    const loop: Loop = loops.start({
      hz: 7.3,
      late,
      step(count, { skipped, dilated }) {
        told += count + skipped + dilated
        expect(sum(loop)).toBe(loop.stats.due)
        expect(told).toBe(loop.stats.due)
        if (busy) clock.advance((told * 53) % 400)
      },
    })
    for (let i = 0; i < 500; i++) {
      if (i % 9 === 0) stall(clock, i * 3)
      clock.advance((i * 37) % 600)
      expect(sum(loop)).toBe(loop.stats.due)
    }
    busy = false
    clock.advance(0)
    expect(loop.stats.due).toBe(Math.floor((clock.now() * 7.3) / 1000))
    expect(told).toBe(loop.stats.due)
  }
})

test('[LP5] all loops of a clock share one timer, and none waits without loops', () => {
  const clock = virtualClock()
  let asked = 0
  let waiting = 0
  const counting = {
    ...clock,
    at(due: number, wake: () => void) {
      asked += 1
      waiting += 1
      const off = clock.at(due, () => ((waiting -= 1), wake()))
      return () => ((waiting -= 1), off())
    },
  }
  const loops = createLoops(counting)
  const running = Array.from({ length: 1000 }, () =>
    loops.start({ hz: 20, step: () => expect(waiting).toBe(0) }),
  )
  expect([asked, waiting, loops.awake]).toEqual([1, 1, 1000])
  clock.advance(500)
  expect(asked).toBe(11)
  for (const loop of running) {
    loop.stop()
    expect(waiting).toBeLessThanOrEqual(1)
  }
  expect([waiting, loops.awake, clock.next]).toEqual([0, 0, undefined])
})

test('[LP5] loops due at the same time run in the order of their starting', () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  const seen: string[] = []
  // The second has the shorter period: it is asked for later each time, and still comes second.
  for (const [name, hz] of Object.entries({ a: 10, b: 20, c: 5, d: 10 }))
    loops.start({ hz, step: () => seen.push(name) })
  clock.advance(200)
  expect(seen.join('')).toBe('b' + 'abd' + 'b' + 'abcd')
})

test('[LP5] a loop that takes longer than its period lets the others and the event loop have their turns', () => {
  const clock = virtualClock()
  const loops = createLoops(clock)
  const seen: string[] = []
  loops.start({
    hz: 100,
    step() {
      seen.push('slow')
      clock.advance(35)
    },
  })
  loops.start({ hz: 50, step: (count) => seen.push(`fast ${count}`) })
  for (const at of [45, 60]) clock.at(at, () => seen.push(`socket ${at}`))
  clock.advance(10)
  clock.advance(0)
  clock.advance(0)
  expect(seen).toEqual(['slow', 'socket 45', 'slow', 'fast 4', 'socket 60', 'slow'])
})
