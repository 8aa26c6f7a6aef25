import { describe, expect, test } from 'vitest'
import type { Welcome } from '../core/frames/hello.ts'
import { createRandom } from '../core/random.ts'
import { Timeline } from './clocksync.ts'

const welcome: Welcome = {
  epoch: 1,
  room: 'ROOM',
  seat: 1,
  token: '',
  ack: 0,
  hz: 20,
  ticksPerFrame: 1,
  hold: 0,
  fork: 0,
  tick: 100,
  time: 0,
}

/** A server 5,000 ms ahead, whose tick 100 was due at its 5,000; `late` is how late it makes ticks. */
const server = { dt: 50, tickAt: (time: number) => 100 + Math.floor((time - 5000) / 50) }

/** Sends a CONFIRM at `now`, which takes `there` and `back`; gives when the answer has come. */
function ask(timeline: Timeline, now: number, way: { there: number; back: number; late?: number }): number {
  const time = now + 5000 + way.there
  const tick = server.tickAt(time - (way.late ?? 0))
  const due = 5000 + (tick - 100) * 50 + (way.late ?? 0)
  timeline.pong({ echo: now, time, tick, due }, now + way.there + way.back)
  return now + way.there + way.back
}

const truth = (now: number) => 100 + now / 50

describe('the estimate of the server’s tick', () => {
  test('[CL14] is exact after one answer over an even way, and leads by half the round trip', () => {
    const timeline = new Timeline()
    timeline.start(welcome, 40)
    const now = ask(timeline, 40, { there: 30, back: 30 })
    expect(timeline.position(now)).toBeCloseTo(truth(now))
    expect(timeline.rtt).toBe(60)
    expect(timeline.arrival(now)).toBeCloseTo(truth(now + 30 + timeline.jitter))
  })

  test('[CL14] what was asked before the line stood still says nothing of the way, however late it is answered', () => {
    const timeline = new Timeline()
    timeline.start(welcome, 0)
    for (let now = 0; now < 3000; now += 500) ask(timeline, now, { there: 30, back: 30 })
    timeline.pause(9000)
    for (let now = 3000; now < 9000; now += 500) ask(timeline, now, { there: 30, back: 9000 - now })
    expect([timeline.rtt, timeline.synced]).toEqual([60, false])
    const now = ask(timeline, 9000, { there: 40, back: 40 })
    expect(timeline.rtt).toBeLessThan(70)
    expect(timeline.position(now)).toBeCloseTo(truth(now))
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    '[CL14] stays within a tick over a bad way (seed %i), and never runs back',
    (seed) => {
      const random = createRandom(seed)
      const timeline = new Timeline()
      timeline.start(welcome, 0)
      let before = -Infinity
      const wrong: unknown[] = []
      for (let now = 0; now < 60_000; now += 500) {
        const jam = random.next() < 0.1 ? 300 : 0
        const heard = ask(timeline, now, {
          there: 20 + 30 * random.next(),
          back: 20 + 30 * random.next() + jam,
          late: 10 * random.next(),
        })
        for (let at = Math.max(heard, now); at < now + 500; at += 16) {
          const position = timeline.position(at)
          const off = position - truth(at)
          if (now > 3000 && (Math.abs(off) >= 1 || position < before)) wrong.push({ at, off, before })
          before = position
        }
      }
      expect(wrong).toEqual([])
    },
  )

  test('[CL14] follows slowly what is off by little, and jumps where it is off by much', () => {
    const timeline = new Timeline()
    timeline.start(welcome, 0)
    // The answer came sooner than the question went: half of the round trip is 40 ms too much.
    const first = ask(timeline, 0, { there: 100, back: 20 })
    expect(timeline.position(first) - truth(first)).toBeCloseTo(0.8)
    const second = ask(timeline, 490, { there: 5, back: 5 })
    const from = timeline.position(second)
    expect(timeline.position(second + 100) - from).toBeCloseTo(1.9)
    expect(timeline.position(second + 2000)).toBeCloseTo(truth(second + 2000))
    const far = new Timeline()
    far.start(welcome, 0)
    ask(far, 0, { there: 1200, back: 20 })
    far.position(1220)
    const now = ask(far, 1300, { there: 5, back: 5 })
    expect(far.position(now)).toBeCloseTo(truth(now))
  })

  test('[CL14] stands while the loop sleeps, and goes on when a state or an own input wakes it', () => {
    const timeline = new Timeline()
    timeline.start(welcome, 0)
    const asleep = (now: number) =>
      timeline.pong({ echo: now - 40, time: 10_000 + now, tick: 130, due: 6500 }, now)
    asleep(2000)
    expect(timeline.position(2000)).toBe(130)
    expect(timeline.position(9000)).toBe(130)
    timeline.frame(131, 9000)
    expect(timeline.position(9000)).toBeCloseTo(131 + 20 / 50)
    asleep(20_000)
    expect(timeline.position(30_000)).toBe(131)
    timeline.input(30_000)
    // Arrives after the lead; the next tick comes one period later.
    expect(timeline.position(30_000 + timeline.lead + 50)).toBeCloseTo(132)
  })

  test('[CL14] an answer that says the loop sleeps says nothing of a loop that an input has woken since', () => {
    const timeline = new Timeline()
    timeline.start(welcome, 0)
    const asleep = (asked: number, now: number) =>
      timeline.pong({ echo: asked, time: 10_000 + now, tick: 130, due: 6500 }, now)
    asleep(1960, 2000)
    timeline.input(30_000)
    const from = timeline.position(30_000)
    for (const asked of [29_990, 30_000]) asleep(asked, 30_040)
    expect(timeline.position(30_100)).toBeCloseTo(from + 2)
    asleep(31_000, 31_040)
    expect(timeline.position(40_000)).toBe(130)
  })

  test('[CL14] is never behind a state that is here', () => {
    const timeline = new Timeline()
    timeline.start(welcome, 0)
    timeline.position(9)
    timeline.frame(103, 10)
    expect(timeline.position(10)).toBeGreaterThanOrEqual(103)
  })
})
