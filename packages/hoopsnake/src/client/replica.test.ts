import { beforeEach, describe, expect, test, vi } from 'vitest'
import { changeOfMine, telling, wholeMine } from '../../../../tests/fakeServer.ts'
import { yard, yardState } from '../../../../tests/yard.ts'
import type { Table } from '../../../../tests/yardGame.ts'
import { layTable } from '../../../../tests/yardGame.ts'
import { join } from './index.ts'

let table: Table

beforeEach(() => {
  table = layTable()
})

describe('frames', () => {
  test('[CL3] a DELTA is applied on its base, and untouched branches stay the same objects', async () => {
    const game = await table.enter()
    const before = game.state
    table.server.line.delta(11, yardState(10, 0, 50), yardState(11, 1, 50))
    expect(game.tick).toBe(11)
    expect(game.state).toEqual(yardState(11, 1, 50))
    expect(game.state.runners.get(2)).toBe(before.runners.get(2))
    expect(before).toEqual(yardState(10, 0, 50))
  })

  test('[CL3] a DELTA on another base, of another life, or that is cut short, changes nothing and asks once for a FULL', async () => {
    const game = await table.enter()
    const before = game.state
    table.server.line.delta(12, yardState(11, 1, 50), yardState(12, 2, 50))
    table.server.line.delta(11, yardState(10, 0, 50), yardState(11, 1, 50), { epoch: 2 })
    table.server.line.raw([6, 1, 11, 1, 1, 255, 255])
    expect(game.state).toBe(before)
    expect(game.tick).toBe(10)
    expect(table.heard('askFull')).toHaveLength(1)
    table.server.line.full(13, yardState(13, 3, 50))
    expect(game.tick).toBe(13)
    table.server.line.raw([6, 1])
    expect(table.heard('askFull')).toHaveLength(2)
  })

  test('[CL3] a new life of the room begins with its FULL, at whatever tick', async () => {
    const game = await table.enter()
    table.server.line.full(4, yardState(4, 9), 2)
    expect(game.tick).toBe(4)
    table.server.line.delta(5, yardState(4, 9), yardState(5, 9), { epoch: 2 })
    expect(game.tick).toBe(5)
  })

  test('[CL3] three FULLs in a row that cannot be read end the game', async () => {
    const game = await table.enter()
    for (let i = 0; i < 3; i++) table.server.line.raw([5, 1, 11, 255])
    expect(game.status).toBe('closed')
    expect(game.reason?.code).toBe('MALFORMED')
    expect(table.clock.next).toBe(table.clock.now())
  })

  test('[CL4] OWN takes effect with the state of its tick, not before', async () => {
    const game = await table.enter()
    const seen: number[] = []
    game.on('jumped', ({ by }) => seen.push(by, game.tick))
    table.server.line.own(11, {
      mine: wholeMine(yard, { steps: 1 }),
      tellings: [telling(yard, 11, 'jumped', { seat: 1, by: 5 })],
    })
    expect(game.mine).toEqual({ steps: 0 })
    expect(seen).toEqual([])
    table.server.line.delta(11, yardState(10, 0, 50), yardState(11, 5, 50))
    expect(game.mine).toEqual({ steps: 1 })
    expect(seen).toEqual([5, 11])
  })

  test('[CL4] changes of `mine` build on what came last, also when its state was lost', async () => {
    const game = await table.enter()
    table.server.line.own(12, { mineDiff: changeOfMine(yard, { steps: 0 }, { steps: 5 }) })
    table.server.line.delta(12, yardState(11), yardState(12))
    table.server.line.own(13, { mineDiff: changeOfMine(yard, { steps: 5 }, { steps: 9 }) })
    expect(game.mine).toEqual({ steps: 0 })
    table.server.line.full(13, yardState(13))
    expect(game.mine).toEqual({ steps: 9 })
  })

  test('[CL4] an OWN that cannot be read asks for a FULL, with which `mine` comes whole', async () => {
    const game = await table.enter()
    table.server.line.raw([7, 1, 11, 8, 255])
    table.server.line.own(11, { mineDiff: changeOfMine(yard, { steps: 0 }, { steps: 5 }) })
    expect(table.heard('askFull')).toHaveLength(1)
    table.server.line.delta(11, yardState(10, 0, 50), yardState(11, 0, 50))
    expect(game.mine).toEqual({ steps: 0 })
    table.server.line.own(12, { mine: wholeMine(yard, { steps: 7 }) })
    table.server.line.full(12, yardState(12))
    expect(game.mine).toEqual({ steps: 7 })
  })

  test('[CL5] events come once, oldest first, after the state that caused them', async () => {
    const game = await table.enter()
    const seen: unknown[] = []
    game.when('state', (_, tick) => seen.push(`state ${tick}`))
    game.on('jumped', ({ by }, tick) => seen.push([by, tick, game.tick]))
    const jump = (tick: number, by: number) => telling(yard, tick, 'jumped', { seat: 1, by })
    table.server.line.own(13, { tellings: [jump(12, 2)] })
    table.server.line.delta(13, yardState(10, 0, 50), yardState(13, 0, 50), {
      back: 3,
      tellings: [jump(11, 1), jump(13, 3)],
    })
    // As after a reconnect: what was told already is not told again.
    table.server.line.own(13, { tellings: [jump(12, 2), jump(13, 3)] })
    table.server.line.full(14, yardState(14), 1)
    expect(seen).toEqual(['state 13', [1, 11, 13], [2, 12, 13], [3, 13, 13], 'state 14'])
  })

  test('[CL5] events of the first state wait until one can listen', async () => {
    const joining = join('/', yard, { name: 'Ann' }, table.options)
    await Promise.resolve()
    table.server.line.open()
    table.server.line.welcome()
    table.server.line.own(1, { tellings: [telling(yard, 1, 'status', 'hello')] })
    table.server.line.full(1, yardState(1))
    const game = await joining
    const seen: string[] = []
    game.on('status', (text) => seen.push(text))
    expect(seen).toEqual([])
    table.clock.advance(0)
    expect(seen).toEqual(['hello'])
  })

  test('[CL5] an event called like a signal goes first; `when` always gives the signal', async () => {
    const game = await table.enter()
    const seen: string[] = []
    game.on('status', (text) => seen.push(`event ${text}`))
    game.when('status', (status) => seen.push(`signal ${status}`))
    table.server.line.delta(11, yardState(10, 0, 50), yardState(11, 0, 50), {
      tellings: [telling(yard, 11, 'status', 'tired')],
    })
    table.server.line.closed('KICKED')
    expect(seen).toEqual(['event tired', 'signal closed'])
  })

  test('[CL5] a listener that throws keeps nothing from the others', async () => {
    const game = await table.enter()
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
    table.server.line.full(11, yardState(11))
    off()
    table.server.line.full(12, yardState(12))
    expect(seen).toEqual([11])
    expect(game.tick).toBe(12)
    vi.restoreAllMocks()
    expect(thrown).toMatchObject([{ message: 'in a listener' }, { message: 'in a listener' }])
  })

  test('[CL5] what never was is told as undone, once, and what is told again with it is left out', async () => {
    const game = await table.enter()
    const { line } = table.server
    const seen: unknown[] = []
    game.when('undone', (ticks) => seen.push(['undone', ticks]))
    game.on('jumped', ({ by }, tick) => seen.push([by, tick]))
    line.delta(14, yardState(10, 0, 50), yardState(14, 0, 50), { back: 4 })
    // The room failed, and came back as it was at tick 12. It does not know what was heard.
    line.welcome({ epoch: 2, fork: 12, tick: 12 })
    const jumped = (by: number, tick: number) => telling(yard, tick, 'jumped', { seat: 1, by })
    line.own(13, { mine: wholeMine(yard, { steps: 0 }), tellings: [jumped(1, 12), jumped(2, 13)] }, 2)
    line.full(13, yardState(13, 0, 50), 2)
    line.delta(14, yardState(13, 0, 50), yardState(14, 0, 50), { epoch: 2 })
    expect(seen).toEqual([
      ['undone', 2],
      [2, 13],
    ])
  })

  test('[CL5] what could not be kept is told as missed', async () => {
    const game = await table.enter()
    const seen: number[] = []
    game.when('missed', (count) => seen.push(count))
    table.server.line.own(11, { missed: 12 })
    table.server.line.full(11, yardState(11))
    expect(seen).toEqual([12])
  })
})
