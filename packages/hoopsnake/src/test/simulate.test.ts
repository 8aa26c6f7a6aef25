import { afterEach, describe, expect, test } from 'vitest'
import { yard, yardRules } from '../../../../tests/yard.ts'
import type { Game } from '../client/index.ts'
import type { RoomOptions } from '../core/kind.ts'
import type { StateOf } from '../core/protocol.ts'
import { createRandom } from '../core/random.ts'
import type { SimulateOptions, Simulation } from './index.ts'
import { simulate } from './index.ts'

type Sim = Simulation<typeof yard>

let s: Sim

function start(options: SimulateOptions = {}, room: RoomOptions<typeof yard> = {}): Sim {
  s = simulate(yard.room(yardRules, { hz: 20, ...room }), options)
  return s
}

afterEach(() => s.stop())

const bad = { latency: 80, jitter: 30, loss: 0.03 }
const rules = { rules: yardRules }
const runner = (game: Game<typeof yard>) => s.room().state.runners.get(game.seat)!

describe('a simulation', () => {
  test('[CL19] is a whole server with real clients: they join, play, see each other and leave', async () => {
    start()
    const ann = await s.join({ name: 'Ann' }, rules)
    const bob = await s.join({ name: 'Bob' }, { code: ann.code })
    expect(bob.code).toBe(ann.code)
    ann.send('go', 'run')
    await s.ticks(10)
    expect(runner(ann).at).toBeGreaterThan(20)
    expect(bob.state.runners.get(ann.seat)!.at).toBe(runner(ann).at)
    expect(await Promise.all([ann.ask('jump', 99), s.ticks(3)])).toMatchObject([
      { code: 'TOO_FAR' },
      undefined,
    ])
    await Promise.all([ann.leave(), s.ticks(3)])
    expect([...bob.state.runners.keys()]).toEqual([bob.seat])
    expect(s.desyncs()).toEqual([])
    expect(s.logged).toEqual([])
  })

  test('[CL19] turns joins away as the rules say', async () => {
    start()
    await expect(s.join({ name: '' })).rejects.toMatchObject({ code: 'NAME_EMPTY' })
    await expect(s.join({ name: 'Ann' }, { code: 'NOWHERE' })).rejects.toMatchObject({ code: 'UNKNOWN_ROOM' })
  })

  test('[CL19] the same seed gives the same run, another seed another one', async () => {
    const run = async (seed: number): Promise<unknown> => {
      start({ seed, net: bad })
      const ann = await s.join({ name: 'Ann' }, rules)
      const seen: unknown[] = [s.clock.now(), ann.code]
      ann.when('state', (_, tick) => seen.push([tick, s.clock.now()]))
      for (let i = 0; i < 20; i++) {
        ann.send('dig')
        await s.ticks(3)
      }
      const { gifts } = runner(ann)
      await s.stop()
      return [...seen, gifts]
    }
    const first = await run(7)
    expect(await run(7)).toEqual(first)
    expect(await run(8)).not.toEqual(first)
  })

  test('[CL19] desyncs tells of a client that differs: tick, seat and path of the first difference', async () => {
    start()
    const ann = await s.join({ name: 'Ann' })
    await s.ticks(2)
    ;(ann.state.runners.get(ann.seat) as { at: number }).at = 77
    await s.ticks(1)
    expect(s.desyncs()[0]).toEqual({
      room: ann.code,
      tick: ann.tick,
      seat: 1,
      path: 'state.runners[1].at',
      server: 0,
      client: 77,
    })
  })
})

describe('over a bad network', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    '[CL20] no client ever differs from the room, and predictions come true once inputs stop (seed %i)',
    async (seed) => {
      start({ seed, net: bad })
      const random = createRandom(seed)
      const games: Game<typeof yard>[] = []
      for (const name of ['Ann', 'Bob', 'Cid']) games.push(await s.join({ name }, rules))
      const paces = ['rest', 'walk', 'run'] as const
      let applied = 0
      let refused = 0
      const asked: Promise<unknown>[] = []
      for (let i = 0; i < 60; i++) {
        const game = games[random.int(3)]!
        const by = random.int(12)
        if (random.int(3) === 0) game.send('go', paces[random.int(3)]!)
        else asked.push(game.ask('jump', by).then((no) => (no === null ? (applied += by) : (refused += 1))))
        if (random.int(20) === 0) s.drop(game)
        await s.ticks(random.int(4))
        games[random.int(3)]!.view()
      }
      for (const game of games) game.send('rest')
      // The longest way, retransmissions included.
      await s.advance(5000)
      await Promise.all(asked)
      expect(s.desyncs()).toEqual([])
      expect(refused).toBeGreaterThan(0)
      const { state } = s.room()
      for (const game of games) {
        expect(game.status).toBe('live')
        expect(game.stats.pending).toBe(0)
        const { predicted, predictedTick } = game.view()
        expect(predictedTick).toBeGreaterThanOrEqual(game.tick)
        expect([...predicted.runners.values()]).toEqual([...state.runners.values()])
      }
    },
  )

  test('[CL20] an own move shows at once where nothing is lost, and is not undone when the answer comes', async () => {
    start({ net: { latency: 60 } })
    const ann = await s.join({ name: 'Ann' }, rules)
    await s.ticks(20)
    ann.send('go', 'walk')
    const seen: [tick: number, at: number][] = []
    for (let i = 0; i < 60; i++) {
      await s.advance(16)
      const { predicted, predictedTick } = ann.view()
      seen.push([predictedTick, predicted.runners.get(1)!.at])
    }
    const ats = seen.map(([, at]) => at)
    expect(ats.toSorted((a, b) => a - b)).toEqual(ats)
    // Within one tick, though the answer takes more than two.
    expect(ats[4]).toBe(1)
    expect(ann.stats.ahead).toBeGreaterThanOrEqual(2)
  })

  test('[CL20] a room that sleeps is predicted to stand, and wakes with the input that wakes it', async () => {
    const resting = {
      idle: (state: StateOf<typeof yard>) => [...state.runners.values()].every((r) => r.pace === 'rest'),
    }
    start({ net: { latency: 60 } }, resting)
    const ann = await s.join({ name: 'Ann' }, rules)
    await s.advance(5000)
    const { tick } = ann
    expect(ann.view()).toMatchObject({ tick, mix: 1, predictedTick: tick })
    ann.send('go', 'walk')
    const shown: number[] = []
    for (let i = 0; i < 40; i++) {
      await s.advance(16)
      shown.push(ann.view().predicted.runners.get(1)!.at)
    }
    // One way, one period, and then step by step; as seen from here it begins before the first state comes.
    expect(shown.indexOf(1) * 16).toBeGreaterThanOrEqual(16)
    expect(shown.indexOf(1) * 16).toBeLessThan(80)
    expect(shown.toSorted((a, b) => a - b)).toEqual(shown)
    expect(shown.at(-1)! - ann.state.runners.get(1)!.at).toBeLessThanOrEqual(4)
    expect(s.desyncs()).toEqual([])
  })

  test('[CL20] views of others never run back, whatever the network does', async () => {
    start({ seed: 3, net: { latency: 80, jitter: 60, loss: 0.08 } })
    const ann = await s.join({ name: 'Ann' })
    const bob = await s.join({ name: 'Bob' }, rules)
    ann.send('go', 'run')
    let last = -Infinity
    const back: number[] = []
    for (let i = 0; i < 600; i++) {
      await s.advance(16)
      const { tick } = bob.view()
      if (tick < last) back.push(tick)
      last = tick
    }
    expect(back).toEqual([])
    expect(last).toBeGreaterThan(100)
  })

  test('[CL20] a cut that heals soon is not noticed by the rules; a longer one is dialled round', async () => {
    start({ net: { latency: 40 } })
    const ann = await s.join({ name: 'Ann' }, rules)
    const seen: string[] = []
    ann.when('status', (status) => seen.push(status))
    await s.ticks(10)
    s.cut(ann)
    await s.advance(1000)
    s.heal(ann)
    await s.ticks(10)
    expect(seen).toEqual([])
    s.cut(ann)
    await s.advance(4000)
    expect(seen).toEqual(['away'])
    s.heal(ann)
    await s.advance(3000)
    expect(seen).toEqual(['away', 'live'])
    expect(ann.seat).toBe(1)
    expect(s.room().state.runners.size).toBe(1)
    expect(s.desyncs()).toEqual([])
  })

  test.each([1, 2, 3, 4, 5, 6])(
    '[CL21] inputs are applied exactly once, in order, over lost lines (seed %i)',
    async (seed) => {
      start({ seed, net: bad })
      const ann = await s.join({ name: 'Ann' }, rules)
      const random = createRandom(seed)
      let sum = 0
      let applied = 0
      const stale = new Set<string>()
      for (let i = 0; i < 80; i++) {
        const by = 1 + random.int(9)
        void ann.ask('jump', by).then((no) => {
          if (no !== null) return void stale.add(no.code)
          applied += 1
          sum += by
        })
        if (random.int(16) === 0) s.drop(ann)
        await s.advance(random.int(120))
      }
      await s.advance(8000)
      expect(ann.status).toBe('live')
      expect(runner(ann).at).toBe(sum)
      expect(ann.mine).toEqual({ steps: applied })
      expect(applied).toBeGreaterThan(30)
      expect([...stale].filter((code) => code !== 'STALE')).toEqual([])
      expect(s.desyncs()).toEqual([])
    },
  )

  test.each([1, 2, 3])('[CL21] events come once and in order over lost lines (seed %i)', async (seed) => {
    start({ seed, net: bad })
    const ann = await s.join({ name: 'Ann' })
    const bob = await s.join({ name: 'Bob' })
    const heard: number[] = []
    bob.on('jumped', ({ by }) => heard.push(by))
    const random = createRandom(seed)
    const told: number[] = []
    for (let i = 0; i < 60; i++) {
      told.push(i % 10)
      ann.send('jump', i % 10)
      if (random.int(6) === 0) s.drop(bob)
      await s.advance(random.int(150))
    }
    await s.advance(8000)
    expect(heard).toEqual(told)
  })

  test.each(['stopped', 'killed'] as const)(
    '[CL21] a saved room that was %s comes back with its players',
    async (how) => {
      start({ net: { latency: 20 } }, { save: { every: '1s' } })
      const ann = await s.join({ name: 'Ann' }, rules)
      ann.send('go', 'walk')
      await s.advance(3000)
      await s.restart(how)
      await s.advance(3000)
      expect(ann.status).toBe('live')
      const { at } = runner(ann)
      expect(at).toBeGreaterThan(80)
      ann.send('jump', 5)
      ann.send('rest')
      await s.advance(1000)
      expect(ann.stats.pending).toBe(0)
      expect(runner(ann).at).toBeGreaterThan(at)
      expect(s.desyncs()).toEqual([])
    },
  )
})

test('[CL20] rooms that tick on events, and rooms that send fewer frames than ticks, are no different', async () => {
  for (const room of [{ hz: 'events' }, { hz: 60, send: 20 }] as const) {
    start({ net: bad }, room)
    const ann = await s.join({ name: 'Ann' }, rules)
    const watcher = await s.watch({ code: ann.code })
    for (let i = 0; i < 10; i++) {
      ann.send('jump', i)
      await s.advance(100)
      ann.view()
    }
    await s.advance(3000)
    expect(ann.view().predicted.runners.get(1)!.at).toBe(45)
    expect(watcher.state.runners.get(1)!.at).toBe(45)
    expect(s.desyncs()).toEqual([])
    await s.stop()
  }
})
