import { beforeEach, describe, expect, test } from 'vitest'
import { yardRules, yardState } from '../../../../tests/yard.ts'
import type { Table } from '../../../../tests/yardGame.ts'
import { layTable } from '../../../../tests/yardGame.ts'
import { Misfit } from './index.ts'

let table: Table

beforeEach(() => {
  table = layTable()
})

describe('inputs', () => {
  test('[CL6] inputs are numbered from 1 and say what state they were made on', async () => {
    const game = await table.enter()
    game.send('go', 'run')
    game.send('rest')
    expect(table.heard('input')).toMatchObject([
      { kind: 'input', seq: 1, confirmed: 10, input: 0, value: 'run' },
      { kind: 'input', seq: 2, confirmed: 10, input: 2, value: undefined },
    ])
    expect(game.stats.pending).toBe(2)
    table.server.line.own(11, { ack: 2 })
    table.server.line.full(11, yardState(11))
    expect(game.stats.pending).toBe(0)
  })

  test('[CL6] a value that does not fit throws Misfit with its path, and what fits is copied, not changed', async () => {
    const game = await table.enter()
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
    expect(table.server.line.heard.at(-1)).toMatchObject({ value: { at: Math.fround(0.1), text: 'a' } })
  })

  test('[CL16] an input shows within a tick however slow the way was: it is aimed no later than can be shown', async () => {
    const game = await table.enter({ rules: yardRules })
    const { line } = table.server
    const tick = (): void => {
      table.clock.advance(100)
      line.delta(game.tick + 1, yardState(game.tick, 0, 50), yardState(game.tick + 1, 0, 50))
      game.view()
    }
    line.answering = false
    for (let i = 0; i < 50; i++) tick()
    line.pong(table.clock.now() - 4900)
    expect(game.rtt).toBeGreaterThan(500)
    tick()
    game.send('jump', 3)
    tick()
    expect(game.view().predicted.runners.get(1)!.at).toBe(3)
  })

  test('[CL7] ask gives null when the input was applied, else the refusal', async () => {
    const game = await table.enter()
    const told: unknown[] = []
    game.when('refused', (no, input, value) => told.push([no.code, input, value]))
    const first = game.ask('jump', 1)
    const second = game.ask('jump', 99)
    game.send('jump', 98)
    const fourth = game.ask('jump', 2)
    const refusals = [2, 3].map((seq) => ({ seq, code: 'TOO_FAR', message: 'nobody jumps so far' }))
    table.server.line.own(11, { ack: 3, refusals })
    let early = false
    void second.then(() => (early = true))
    await Promise.resolve()
    expect(early).toBe(false)
    table.server.line.full(11, yardState(11))
    expect(await first).toBeNull()
    expect(await second).toMatchObject({ code: 'TOO_FAR', message: 'nobody jumps so far' })
    expect(told).toEqual([['TOO_FAR', 'jump', 98]])
    // Told between two ticks.
    table.server.line.own(11, { refusals: [{ seq: 4, code: 'ROOM_BUSY', message: '' }] })
    expect(await fourth).toMatchObject({ code: 'ROOM_BUSY' })
  })

  test('[CL7] when the game ends, what was asked is answered with the reason', async () => {
    const game = await table.enter()
    const asked = game.ask('jump', 1)
    table.server.line.closed('ROOM_CLOSED', 'The room is over.')
    expect(await asked).toMatchObject({ code: 'ROOM_CLOSED' })
    expect(await game.ask('jump', 1)).toMatchObject({ code: 'ROOM_CLOSED' })
    const refused: string[] = []
    game.when('refused', (no) => refused.push(no.code))
    game.send('rest')
    await Promise.resolve()
    expect(refused).toEqual(['ROOM_CLOSED'])
  })

  test('[CL7] more than 100 inputs without an answer are refused as AWAY', async () => {
    const game = await table.enter()
    for (let i = 0; i < 100; i++) game.send('rest')
    expect(await game.ask('rest')).toMatchObject({ code: 'AWAY' })
    expect(table.heard('input')).toHaveLength(100)
  })
})

test('[CL8] each tells of what is there, then of what comes, changes and goes', async () => {
  const game = await table.enter()
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
  table.server.line.delta(11, yardState(10, 0, 50), next)
  expect(seen.splice(0)).toEqual([
    ['update', 1, 0, 3],
    ['enter', 3, 70],
  ])
  const last = yardState(12, 3, 50, 70)
  last.runners.delete(1)
  table.server.line.delta(12, yardState(11, 3, 50, 70), last)
  expect(seen.splice(0)).toEqual([['exit', 1, 3]])
  off()
  table.server.line.full(13, yardState(13))
  expect(seen).toEqual([])
})

test('[CL9] the rules predict: an input shows at once, and is replayed until it is answered', async () => {
  const game = await table.enter({ rules: yardRules })
  expect(game.view().predicted.runners.get(1)!.at).toBe(0)
  game.send('jump', 5)
  table.clock.advance(100)
  const { predicted, predictedTick } = game.view()
  expect(predicted.runners.get(1)!.at).toBe(5)
  expect(predictedTick).toBeGreaterThan(game.tick)
  expect(game.state.runners.get(1)!.at).toBe(0)
  // The server has not applied it yet.
  table.server.line.delta(11, yardState(10, 0, 50), yardState(11, 0, 50))
  expect(game.view().predicted.runners.get(1)!.at).toBe(5)
  // It has: the input is not applied twice.
  table.server.line.own(12, { ack: 1 })
  table.server.line.delta(12, yardState(11, 0, 50), yardState(12, 5, 50))
  expect(game.view().predicted.runners.get(1)!.at).toBe(5)
})
