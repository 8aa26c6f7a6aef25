import { beforeEach, describe, expect, test } from 'vitest'
import { wholeMine } from '../../../../tests/fakeServer.ts'
import { yard, yardState } from '../../../../tests/yard.ts'
import type { Table } from '../../../../tests/yardGame.ts'
import { layTable } from '../../../../tests/yardGame.ts'
import { Refused } from '../core/errors.ts'
import type { Game } from './index.ts'
import { create, join, Misfit, watch } from './index.ts'

type Yard = Game<typeof yard>

let table: Table

beforeEach(() => {
  table = layTable()
})

describe('entering', () => {
  test('[CL1] join says HELLO with protocol, hash, ticket and ask, and resolves with the first whole state', async () => {
    let game: Yard | undefined
    const joining = join('/base/', yard, { name: 'Ann' }, { ...table.options, code: 'ABCD', ticket: 'jwt' })
    void joining.then((joined) => (game = joined))
    await Promise.resolve()
    expect(table.server.line.address).toBe('/base/r/yard/ABCD')
    expect(table.server.line.hello).toBeUndefined()
    table.server.line.open()
    expect(table.server.line.hello).toMatchObject({
      protocol: 'yard',
      hash: yard.hash,
      ticket: 'jwt',
      intent: 'join',
    })
    table.server.line.welcome({ room: 'ABCD', seat: 7 })
    table.server.line.own(3, { mine: wholeMine(yard, { steps: 4 }) })
    await Promise.resolve()
    expect(game).toBeUndefined()
    table.server.line.full(3, yardState(3, 5))
    await joining
    expect(game).toMatchObject({ tick: 3, seat: 7, code: 'ABCD', status: 'live', mine: { steps: 4 } })
    expect(game!.state).toEqual(yardState(3, 5))
  })

  test('[CL1] create brings options and privacy, and never goes to a room that exists', async () => {
    const creating = create(
      '/',
      yard,
      { name: 'Ann' },
      { ...table.options, private: true, options: { length: 9 } },
    )
    await Promise.resolve()
    table.server.line.open()
    expect(table.server.line.address).toBe('/r/yard')
    expect(table.server.line.hello).toMatchObject({
      intent: 'create',
      private: true,
      ask: Uint8Array.of(1, 9, 3, 65, 110, 110),
    })
    table.server.line.welcome({ room: 'NEW' })
    table.server.line.full(1, yardState(1))
    expect((await creating).code).toBe('NEW')
  })

  test('[CL1] a watcher has no seat, and its inputs are refused without being sent', async () => {
    const watching = watch('/', yard, table.options)
    await Promise.resolve()
    table.server.line.open()
    table.server.line.welcome({ seat: 0, token: '' })
    table.server.line.full(1, yardState(1, 5))
    const watcher = (await watching) as Yard
    expect(watcher.seat).toBe(0)
    expect(await watcher.ask('jump', 1)).toMatchObject({ code: 'WATCHING' })
    expect(table.heard('input')).toEqual([])
    expect(watcher.view().predicted).toBe(watcher.state)
  })

  test('[CL2] a refusal rejects join with its code and words', async () => {
    const joining = join('/', yard, { name: 'Ann' }, table.options)
    await Promise.resolve()
    table.server.line.open()
    table.server.line.refused('ROOM_FULL', 'No chair left.')
    const no = await joining.catch((error: unknown) => error)
    expect(no).toBeInstanceOf(Refused)
    expect(no).toMatchObject({ code: 'ROOM_FULL', message: 'No chair left.' })
    table.clock.advance(60_000)
    expect(table.server.lines).toHaveLength(1)
  })

  test('[CL2] a server that does not answer, or not in time, is UNREACHABLE', async () => {
    const first = join('/', yard, { name: 'Ann' }, table.options)
    await Promise.resolve()
    table.server.line.close()
    await expect(first).rejects.toMatchObject({ code: 'UNREACHABLE' })
    const second = join('/', yard, { name: 'Ann' }, table.options)
    await Promise.resolve()
    table.server.line.open()
    table.clock.advance(15_000)
    await expect(second).rejects.toMatchObject({ code: 'UNREACHABLE' })
    expect(table.clock.next).toBeUndefined()
  })

  test('[CL2] WAIT is waited for, even by the first dial', async () => {
    const joining = join('/', yard, { name: 'Ann' }, table.options)
    await Promise.resolve()
    table.server.line.open()
    table.server.line.wait(3000)
    table.clock.advance(2999)
    expect(table.server.lines).toHaveLength(1)
    table.clock.advance(1)
    table.server.line.open()
    table.server.line.welcome()
    table.server.line.full(1, yardState(1))
    expect((await joining).status).toBe('live')
  })

  test('[CL2] an ask that does not fit rejects before anything is dialled', async () => {
    await expect(join('/', yard, { name: 'x'.repeat(16) }, table.options)).rejects.toBeInstanceOf(Misfit)
    expect(table.server.lines).toHaveLength(0)
  })
})
