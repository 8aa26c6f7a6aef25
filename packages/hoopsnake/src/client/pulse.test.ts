import { expect, test } from 'vitest'
import { virtualClock } from '../core/clock.ts'
import { Timeline } from './clocksync.ts'
import { Pulse } from './pulse.ts'

/** Gives after how many ms of silence a line is in doubt whose last answer took so long. */
function doubtedAfter(rtt: number): number {
  const clock = virtualClock()
  const timeline = new Timeline()
  let doubted: number | undefined
  const pulse = new Pulse({
    clock,
    timeline,
    alive: () => true,
    confirm() {},
    beat() {},
    silent: () => (doubted ??= clock.now()),
  })
  timeline.pong({ echo: -rtt, time: 0, tick: 0, due: 0 }, 0)
  pulse.start()
  clock.advance(60_000)
  pulse.stop()
  return doubted!
}

test('[CL12] a slow way is given more time, but one stall does not hide a dead line for longer than 10 s', () => {
  expect(doubtedAfter(30)).toBe(2250)
  expect(doubtedAfter(1000)).toBe(6250)
  expect(doubtedAfter(14_000)).toBe(10_250)
})
