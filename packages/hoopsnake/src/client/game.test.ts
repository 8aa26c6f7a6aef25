import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { FakeLine, FakeServer } from '../../../../tests/fakeServer.ts'
import { changeOfMine, fakeServer, telling, wholeMine } from '../../../../tests/fakeServer.ts'
import { yard, yardRules, yardState } from '../../../../tests/yard.ts'
import type { VirtualClock } from '../core/clock.ts'
import { virtualClock } from '../core/clock.ts'
import { Refused } from '../core/errors.ts'
import type { Game } from './index.ts'
import { create, join, Misfit, watch } from './index.ts'

type Yard = Game<typeof yard>

let clock: VirtualClock
let server: FakeServer<typeof yard>

beforeEach(() => {
  clock = virtualClock(500)
  server = fakeServer(yard, clock)
})

const options = () => ({ clock, dial: server.dial, random: () => 0.5 })

/** Joins, and lets the server say WELCOME, `mine` and the state of tick 10. */
async function enter(
  rules?: typeof yardRules,
  welcome: Parameters<FakeLine<typeof yard>['welcome']>[0] = {},
): Promise<Yard> {
  const joining = join('/', yard, { name: 'Ann' }, { ...options(), rules })
  await Promise.resolve()
  server.line.open()
  server.line.welcome({ tick: 10, ...welcome })
  server.line.own(10, { mine: wholeMine(yard, { steps: 0 }), ack: 0 })
  server.line.full(10, yardState(10, 0, 50))
  const game = await joining
  clock.advance(1)
  return game
}

const frames = (kind: string) => server.line.heard.filter((up) => up.kind === kind)

describe('entering', () => {
  test('[CL1] join says HELLO with protocol, hash, ticket and ask, and resolves with the first whole state', async () => {
    let game: Yard | undefined
    const joining = join('/base/', yard, { name: 'Ann' }, { ...options(), code: 'ABCD', ticket: 'jwt' })
    void joining.then((joined) => (game = joined))
    await Promise.resolve()
    expect(server.line.address).toBe('/base/r/yard/ABCD')
    expect(server.line.hello).toBeUndefined()
    server.line.open()
    expect(server.line.hello).toMatchObject({
      protocol: 'yard',
      hash: yard.hash,
      ticket: 'jwt',
      intent: 'join',
    })
    server.line.welcome({ room: 'ABCD', seat: 7 })
    server.line.own(3, { mine: wholeMine(yard, { steps: 4 }) })
    await Promise.resolve()
    expect(game).toBeUndefined()
    server.line.full(3, yardState(3, 5))
    await joining
    expect(game).toMatchObject({ tick: 3, seat: 7, code: 'ABCD', status: 'live', mine: { steps: 4 } })
    expect(game!.state).toEqual(yardState(3, 5))
  })

  test('[CL1] create brings options and privacy, and never goes to a room that exists', async () => {
    const creating = create(
      '/',
      yard,
      { name: 'Ann' },
      { ...options(), private: true, options: { length: 9 } },
    )
    await Promise.resolve()
    server.line.open()
    expect(server.line.address).toBe('/r/yard')
    expect(server.line.hello).toMatchObject({
      intent: 'create',
      private: true,
      ask: Uint8Array.of(1, 9, 3, 65, 110, 110),
    })
    server.line.welcome({ room: 'NEW' })
    server.line.full(1, yardState(1))
    expect((await creating).code).toBe('NEW')
  })

  test('[CL1] a watcher has no seat, and its inputs are refused without being sent', async () => {
    const watching = watch('/', yard, options())
    await Promise.resolve()
    server.line.open()
    server.line.welcome({ seat: 0, token: '' })
    server.line.full(1, yardState(1, 5))
    const watcher = (await watching) as Yard
    expect(watcher.seat).toBe(0)
    expect(await watcher.ask('jump', 1)).toMatchObject({ code: 'WATCHING' })
    expect(frames('input')).toEqual([])
    expect(watcher.view().predicted).toBe(watcher.state)
  })

  test('[CL2] a refusal rejects join with its code and words', async () => {
    const joining = join('/', yard, { name: 'Ann' }, options())
    await Promise.resolve()
    server.line.open()
    server.line.refused('ROOM_FULL', 'No chair left.')
    const no = await joining.catch((error: unknown) => error)
    expect(no).toBeInstanceOf(Refused)
    expect(no).toMatchObject({ code: 'ROOM_FULL', message: 'No chair left.' })
    clock.advance(60_000)
    expect(server.lines).toHaveLength(1)
  })

  test('[CL2] a server that does not answer, or not in time, is UNREACHABLE', async () => {
    const first = join('/', yard, { name: 'Ann' }, options())
    await Promise.resolve()
    server.line.close()
    await expect(first).rejects.toMatchObject({ code: 'UNREACHABLE' })
    const second = join('/', yard, { name: 'Ann' }, options())
    await Promise.resolve()
    server.line.open()
    clock.advance(15_000)
    await expect(second).rejects.toMatchObject({ code: 'UNREACHABLE' })
    expect(clock.next).toBeUndefined()
  })

  test('[CL2] WAIT is waited for, even by the first dial', async () => {
    const joining = join('/', yard, { name: 'Ann' }, options())
    await Promise.resolve()
    server.line.open()
    server.line.wait(3000)
    clock.advance(2999)
    expect(server.lines).toHaveLength(1)
    clock.advance(1)
    server.line.open()
    server.line.welcome()
    server.line.full(1, yardState(1))
    expect((await joining).status).toBe('live')
  })

  test('[CL2] an ask that does not fit rejects before anything is dialled', async () => {
    await expect(join('/', yard, { name: 'x'.repeat(16) }, options())).rejects.toBeInstanceOf(Misfit)
    expect(server.lines).toHaveLength(0)
  })
})

describe('frames', () => {
  test('[CL3] a DELTA is applied on its base, and untouched branches stay the same objects', async () => {
    const game = await enter()
    const before = game.state
    server.line.delta(11, yardState(10, 0, 50), yardState(11, 1, 50))
    expect(game.tick).toBe(11)
    expect(game.state).toEqual(yardState(11, 1, 50))
    expect(game.state.runners.get(2)).toBe(before.runners.get(2))
    expect(before).toEqual(yardState(10, 0, 50))
  })

  test('[CL3] a DELTA on another base, of another life, or that is cut short, changes nothing and asks once for a FULL', async () => {
    const game = await enter()
    const before = game.state
    server.line.delta(12, yardState(11, 1, 50), yardState(12, 2, 50))
    server.line.delta(11, yardState(10, 0, 50), yardState(11, 1, 50), { epoch: 2 })
    server.line.raw([6, 1, 11, 1, 1, 255, 255])
    expect(game.state).toBe(before)
    expect(game.tick).toBe(10)
    expect(frames('askFull')).toHaveLength(1)
    server.line.full(13, yardState(13, 3, 50))
    expect(game.tick).toBe(13)
    server.line.raw([6, 1])
    expect(frames('askFull')).toHaveLength(2)
  })

  test('[CL3] a new life of the room begins with its FULL, at whatever tick', async () => {
    const game = await enter()
    server.line.full(4, yardState(4, 9), 2)
    expect(game.tick).toBe(4)
    server.line.delta(5, yardState(4, 9), yardState(5, 9), { epoch: 2 })
    expect(game.tick).toBe(5)
  })

  test('[CL3] three FULLs in a row that cannot be read end the game', async () => {
    const game = await enter()
    for (let i = 0; i < 3; i++) server.line.raw([5, 1, 11, 255])
    expect(game.status).toBe('closed')
    expect(game.reason?.code).toBe('MALFORMED')
    expect(clock.next).toBe(clock.now())
  })

  test('[CL4] OWN takes effect with the state of its tick, not before', async () => {
    const game = await enter()
    const seen: number[] = []
    game.on('jumped', ({ by }) => seen.push(by, game.tick))
    server.line.own(11, {
      mine: wholeMine(yard, { steps: 1 }),
      tellings: [telling(yard, 11, 'jumped', { seat: 1, by: 5 })],
    })
    expect(game.mine).toEqual({ steps: 0 })
    expect(seen).toEqual([])
    server.line.delta(11, yardState(10, 0, 50), yardState(11, 5, 50))
    expect(game.mine).toEqual({ steps: 1 })
    expect(seen).toEqual([5, 11])
  })

  test('[CL4] changes of `mine` build on what came last, also when its state was lost', async () => {
    const game = await enter()
    server.line.own(12, { mineDiff: changeOfMine(yard, { steps: 0 }, { steps: 5 }) })
    server.line.delta(12, yardState(11), yardState(12))
    server.line.own(13, { mineDiff: changeOfMine(yard, { steps: 5 }, { steps: 9 }) })
    expect(game.mine).toEqual({ steps: 0 })
    server.line.full(13, yardState(13))
    expect(game.mine).toEqual({ steps: 9 })
  })

  test('[CL4] an OWN that cannot be read asks for a FULL, with which `mine` comes whole', async () => {
    const game = await enter()
    server.line.raw([7, 1, 11, 8, 255])
    server.line.own(11, { mineDiff: changeOfMine(yard, { steps: 0 }, { steps: 5 }) })
    expect(frames('askFull')).toHaveLength(1)
    server.line.own(12, { mine: wholeMine(yard, { steps: 7 }) })
    server.line.full(12, yardState(12))
    expect(game.mine).toEqual({ steps: 7 })
  })

  test('[CL5] events come once, oldest first, after the state that caused them', async () => {
    const game = await enter()
    const seen: unknown[] = []
    game.when('state', (_, tick) => seen.push(`state ${tick}`))
    game.on('jumped', ({ by }, tick) => seen.push([by, tick, game.tick]))
    const jump = (tick: number, by: number) => telling(yard, tick, 'jumped', { seat: 1, by })
    server.line.own(13, { tellings: [jump(12, 2)] })
    server.line.delta(13, yardState(10, 0, 50), yardState(13, 0, 50), {
      back: 3,
      tellings: [jump(11, 1), jump(13, 3)],
    })
    // As after a reconnect: what was told already is not told again.
    server.line.own(13, { tellings: [jump(12, 2), jump(13, 3)] })
    server.line.full(14, yardState(14), 1)
    expect(seen).toEqual(['state 13', [1, 11, 13], [2, 12, 13], [3, 13, 13], 'state 14'])
  })

  test('[CL5] events of the first state wait until one can listen', async () => {
    const joining = join('/', yard, { name: 'Ann' }, options())
    await Promise.resolve()
    server.line.open()
    server.line.welcome()
    server.line.own(1, { tellings: [telling(yard, 1, 'status', 'hello')] })
    server.line.full(1, yardState(1))
    const game = await joining
    const seen: string[] = []
    game.on('status', (text) => seen.push(text))
    expect(seen).toEqual([])
    clock.advance(0)
    expect(seen).toEqual(['hello'])
  })

  test('[CL5] an event called like a signal goes first; `when` always gives the signal', async () => {
    const game = await enter()
    const seen: string[] = []
    game.on('status', (text) => seen.push(`event ${text}`))
    game.when('status', (status) => seen.push(`signal ${status}`))
    server.line.delta(11, yardState(10, 0, 50), yardState(11, 0, 50), {
      tellings: [telling(yard, 11, 'status', 'tired')],
    })
    server.line.closed('KICKED')
    expect(seen).toEqual(['event tired', 'signal closed'])
  })

  test('[CL5] a listener that throws keeps nothing from the others', async () => {
    const game = await enter()
    const thrown: unknown[] = []
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((act) => {
      try {
        act()
      } catch (error) {
        thrown.push(error)
      }
    })
    const seen: number[] = []
    game.when('state', () => {
      throw new Error('in a listener')
    })
    const off = game.when('state', (_, tick) => seen.push(tick))
    server.line.full(11, yardState(11))
    off()
    server.line.full(12, yardState(12))
    expect(seen).toEqual([11])
    expect(game.tick).toBe(12)
    vi.restoreAllMocks()
    expect(thrown).toMatchObject([{ message: 'in a listener' }, { message: 'in a listener' }])
  })

  test('[CL5] what could not be kept is told as missed', async () => {
    const game = await enter()
    const seen: number[] = []
    game.when('missed', (count) => seen.push(count))
    server.line.own(11, { missed: 12 })
    server.line.full(11, yardState(11))
    expect(seen).toEqual([12])
  })
})

describe('inputs', () => {
  test('[CL6] inputs are numbered from 1 and say what state they were made on', async () => {
    const game = await enter()
    game.send('go', 'run')
    game.send('rest')
    expect(frames('input')).toEqual([
      { kind: 'input', seq: 1, confirmed: 10, input: 0, value: 'run' },
      { kind: 'input', seq: 2, confirmed: 10, input: 2, value: undefined },
    ])
    expect(game.stats.pending).toBe(2)
    server.line.own(11, { ack: 2 })
    server.line.full(11, yardState(11))
    expect(game.stats.pending).toBe(0)
  })

  test('[CL6] a value that does not fit throws Misfit with its path, and what fits is copied, not changed', async () => {
    const game = await enter()
    const bad = (act: () => void) => {
      try {
        act()
      } catch (error) {
        return error
      }
      return undefined
    }
    expect(bad(() => game.send('go', 'fly' as 'run'))).toMatchObject({ code: 'MISFIT' })
    expect(bad(() => game.send('mark', { at: 1, text: 'too long a text' }))).toMatchObject({
      path: 'mark.text',
    })
    expect(bad(() => game.send('mark', null as never))).toBeInstanceOf(Misfit)
    expect(bad(() => game.send('mark', { at: 1, text: '', more: 1 } as never))).toBeUndefined()
    expect(bad(() => game.send('fly' as 'go', 'run'))).toMatchObject({ message: /no input 'fly'.*go, jump/ })
    const mark = Object.freeze({ at: 0.1, text: 'a' })
    game.send('mark', mark)
    expect(mark.at).toBe(0.1)
    expect(server.line.heard.at(-1)).toMatchObject({ value: { at: Math.fround(0.1), text: 'a' } })
  })

  test('[CL7] ask gives null when the input was applied, else the refusal', async () => {
    const game = await enter()
    const told: unknown[] = []
    game.when('refused', (no, input, value) => told.push([no.code, input, value]))
    const first = game.ask('jump', 1)
    const second = game.ask('jump', 99)
    game.send('jump', 98)
    const fourth = game.ask('jump', 2)
    const refusals = [2, 3].map((seq) => ({ seq, code: 'TOO_FAR', message: 'nobody jumps so far' }))
    server.line.own(11, { ack: 3, refusals })
    let early = false
    void second.then(() => (early = true))
    await Promise.resolve()
    expect(early).toBe(false)
    server.line.full(11, yardState(11))
    expect(await first).toBeNull()
    expect(await second).toMatchObject({ code: 'TOO_FAR', message: 'nobody jumps so far' })
    expect(told).toEqual([['TOO_FAR', 'jump', 98]])
    // Told between two ticks.
    server.line.own(11, { refusals: [{ seq: 4, code: 'ROOM_BUSY', message: '' }] })
    expect(await fourth).toMatchObject({ code: 'ROOM_BUSY' })
  })

  test('[CL7] when the game ends, what was asked is answered with the reason', async () => {
    const game = await enter()
    const asked = game.ask('jump', 1)
    server.line.closed('ROOM_CLOSED', 'The room is over.')
    expect(await asked).toMatchObject({ code: 'ROOM_CLOSED' })
    expect(await game.ask('jump', 1)).toMatchObject({ code: 'ROOM_CLOSED' })
    const refused: string[] = []
    game.when('refused', (no) => refused.push(no.code))
    game.send('rest')
    await Promise.resolve()
    expect(refused).toEqual(['ROOM_CLOSED'])
  })

  test('[CL7] more than 100 inputs without an answer are refused as AWAY', async () => {
    const game = await enter()
    for (let i = 0; i < 100; i++) game.send('rest')
    expect(await game.ask('rest')).toMatchObject({ code: 'AWAY' })
    expect(frames('input')).toHaveLength(100)
  })
})

test('[CL8] each tells of what is there, then of what comes, changes and goes', async () => {
  const game = await enter()
  const seen: unknown[] = []
  const off = game.each('runners', {
    enter: (key, runner) => seen.push(['enter', key, runner.at]),
    update: (key, runner, old) => seen.push(['update', key, old.at, runner.at]),
    exit: (key, runner) => seen.push(['exit', key, runner.at]),
  })
  expect(seen.splice(0)).toEqual([
    ['enter', 1, 0],
    ['enter', 2, 50],
  ])
  const next = yardState(11, 3, 50, 70)
  server.line.delta(11, yardState(10, 0, 50), next)
  expect(seen.splice(0)).toEqual([
    ['update', 1, 0, 3],
    ['enter', 3, 70],
  ])
  const last = yardState(12, 3, 50, 70)
  last.runners.delete(1)
  server.line.delta(12, yardState(11, 3, 50, 70), last)
  expect(seen.splice(0)).toEqual([['exit', 1, 3]])
  off()
  server.line.full(13, yardState(13))
  expect(seen).toEqual([])
})

test('[CL9] the rules predict: an input shows at once, and is replayed until it is answered', async () => {
  const game = await enter(yardRules)
  expect(game.view().predicted.runners.get(1)!.at).toBe(0)
  game.send('jump', 5)
  clock.advance(100)
  const { predicted, predictedTick } = game.view()
  expect(predicted.runners.get(1)!.at).toBe(5)
  expect(predictedTick).toBeGreaterThan(game.tick)
  expect(game.state.runners.get(1)!.at).toBe(0)
  // The server has not applied it yet.
  server.line.delta(11, yardState(10, 0, 50), yardState(11, 0, 50))
  expect(game.view().predicted.runners.get(1)!.at).toBe(5)
  // It has: the input is not applied twice.
  server.line.own(12, { ack: 1 })
  server.line.delta(12, yardState(11, 0, 50), yardState(12, 5, 50))
  expect(game.view().predicted.runners.get(1)!.at).toBe(5)
})
