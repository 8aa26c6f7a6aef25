import { describe, expect, test } from 'vitest'
import { createRandom } from '../core/random.ts'
import { Playback } from './playback.ts'

const DT = 50

/** Plays 40 s over a way with jitter and jams; gives what was seen every 16 ms. */
function play(seed: number, way: { jitter: number; jams: number }) {
  const random = createRandom(seed)
  const playback = new Playback()
  playback.pace(DT, DT)
  const arrivals: { tick: number; at: number }[] = []
  let last = 0
  for (let tick = 0; tick < 800; tick++) {
    const jam = random.next() < way.jams ? 250 : 0
    // As over TCP: nothing overtakes.
    last = Math.max(last, tick * DT + 30 + way.jitter * random.next() + jam)
    arrivals.push({ tick, at: last })
  }
  const seen: { now: number; tick: number; mix: number; delay: number; pair: [number, number] }[] = []
  for (let now = 100; now < 39_000; now += 16) {
    while (arrivals.length > 0 && arrivals[0]!.at <= now) {
      const { tick, at } = arrivals.shift()!
      playback.push(tick, { tick }, { late: at - tick * DT, anew: false })
    }
    const { before, after, mix, tick } = playback.at(now, now / DT)!
    const pair: [number, number] = [(before as { tick: number }).tick, (after as { tick: number }).tick]
    seen.push({ now, tick, mix, pair, delay: playback.delay })
  }
  return seen
}

describe('the view of others', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    '[CL15] never runs back, and lies between two states that follow (seed %i)',
    (seed) => {
      let before = -Infinity
      for (const { tick, mix, pair } of play(seed, { jitter: 40, jams: 0.02 })) {
        expect(tick).toBeGreaterThanOrEqual(before)
        expect(mix).toBeGreaterThanOrEqual(0)
        expect(mix).toBeLessThanOrEqual(1)
        expect(pair[1] - pair[0]).toBeLessThanOrEqual(1)
        expect(tick).toBeCloseTo(pair[0] + mix * (pair[1] - pair[0]))
        before = tick
      }
    },
  )

  test('[CL15] is one send interval late over an even way, and runs evenly', () => {
    const seen = play(1, { jitter: 0, jams: 0 }).filter(({ now }) => now > 2000)
    const uneven = seen.filter(({ now, tick, delay }, i) => {
      const late = Math.abs(now - tick * DT - (DT + 30))
      const step = (tick - (seen[i - 1]?.tick ?? tick - 16 / DT)) * DT
      return late > 1 || Math.abs(delay - (DT + 30)) > 1 || Math.abs(step - 16) > 0.5
    })
    expect(uneven).toEqual([])
  })

  test('[CL15] waits longer where states come unevenly, so that it hardly ever stands', () => {
    const seen = play(3, { jitter: 60, jams: 0 }).filter(({ now }) => now > 3000)
    const stood = seen.filter(({ pair }) => pair[0] === pair[1]).length
    expect(stood / seen.length).toBeLessThan(0.03)
    expect(Math.max(...seen.map(({ delay }) => delay))).toBeLessThan(300)
  })

  test('[CL15] rises with a burst at once, falls within seconds, and is bounded', () => {
    const playback = new Playback()
    playback.pace(DT, DT)
    const push = (tick: number, late: number) => playback.push(tick, {}, { late, anew: false })
    for (let tick = 0; tick < 20; tick++) push(tick, 30)
    expect(playback.delay).toBeCloseTo(80)
    push(20, 430)
    expect(playback.delay).toBeGreaterThan(450)
    for (let tick = 21; tick < 81; tick++) push(tick, 30)
    expect(playback.delay).toBeLessThan(120)
    push(81, 60_000)
    expect(playback.delay).toBeLessThan(50 + 30 + 60_000 / 8 + 501)
  })

  test('[CL15] goes on from where it should be when it was not looked at for long', () => {
    const playback = new Playback()
    playback.pace(DT, DT)
    for (let tick = 0; tick < 10; tick++) playback.push(tick, {}, { late: 0, anew: false })
    expect(playback.at(500, 10)!.tick).toBeCloseTo(9)
    for (let tick = 10; tick < 200; tick++) playback.push(tick, {}, { late: 0, anew: false })
    expect(playback.at(10_000, 200)!.tick).toBeCloseTo(199)
  })

  test('[CL15] begins anew with another life of the room', () => {
    const playback = new Playback()
    playback.pace(DT, DT)
    const life = { first: 1 }
    playback.push(500, {}, { late: 0, anew: false })
    playback.at(0, 500)
    playback.push(20, life, { late: 0, anew: true })
    expect(playback.at(16, 20)).toMatchObject({ before: life, after: life, tick: 20 })
  })

  test('[CL15] shows the newest state at once where rooms tick on events', () => {
    const playback = new Playback()
    playback.pace(0, 0)
    playback.push(10, { at: 10 }, { late: undefined, anew: false })
    playback.push(4711, { at: 4711 }, { late: undefined, anew: false })
    expect(playback.at(0, 0)).toEqual({ before: { at: 10 }, after: { at: 4711 }, mix: 1, tick: 4711 })
  })
})

describe('a page that stood still', () => {
  /** Has states come in time for 2 s. */
  function begin(): { playback: Playback; tell: (tick: number, at: number) => void } {
    const playback = new Playback()
    playback.pace(DT, DT)
    const tell = (tick: number, at: number): void =>
      playback.push(tick, { tick }, { late: at - tick * DT, anew: false })
    for (let tick = 0; tick < 40; tick++) {
      tell(tick, tick * DT + 30)
      playback.at(tick * DT + 40, (tick * DT + 40) / DT)
    }
    return { playback, tell }
  }

  test('[CL26] leaps over what came meanwhile, though that comes over some frames', () => {
    const { playback, tell } = begin()
    const seen = new Set<number>()
    for (let tick = 40, now = 8000; tick < 170; now += 16) {
      for (let many = 0; many < 12 && tick * DT + 30 <= now; many++) tell(tick++, now)
      seen.add(Math.floor(playback.at(now, now / DT)!.tick))
    }
    expect([...seen].filter((tick) => tick > 41 && tick < 140)).toEqual([])
    expect(Math.max(...seen)).toBeGreaterThan(140)
  })

  test('[CL26] leaps so, too, if it had hardly begun when it was stopped', () => {
    const playback = new Playback()
    playback.pace(DT, DT)
    // Before the clock is known it is not known either how late a state is.
    playback.push(1, {}, { late: undefined, anew: false })
    playback.at(60, 1)
    for (let tick = 2; tick < 50; tick++) playback.push(tick, {}, { late: 4000 - tick * DT, anew: false })
    expect(playback.at(4000, 80)!.tick).toBe(1)
    playback.push(80, {}, { late: 10, anew: false })
    expect(playback.at(4016, 80)!.tick).toBeGreaterThan(75)
  })

  test('[CL26] waits no longer than a second if what comes stays as late', () => {
    const { playback, tell } = begin()
    const seen: number[] = []
    for (let tick = 40; tick < 200; tick++) {
      const now = tick * DT + 2030
      tell(tick, now)
      seen.push(playback.at(now, now / DT)!.tick)
    }
    const moves = seen.findIndex((tick) => tick > 45)
    expect(moves * DT).toBeGreaterThan(900)
    expect(moves * DT).toBeLessThan(1200)
    expect(seen.at(-1)).toBeGreaterThan(150)
  })
})
