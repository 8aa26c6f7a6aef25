import { expect, test } from 'vitest'
import { compile } from '../wire/compile.ts'
import { list } from '../wire/list.ts'
import { u8, uint } from '../wire/numbers.ts'
import { Reader } from '../wire/reader.ts'
import { struct } from '../wire/struct.ts'
import { str } from '../wire/text.ts'
import type { AnyProtocol } from './protocol.ts'
import { protocol } from './protocol.ts'
import { Sync } from './sync.ts'

const plainly = protocol('hands', 1, {
  state: { n: uint },
  mine: { name: str(9), luck: struct({ n: u8 }) },
}) as unknown as AnyProtocol
const cards = protocol('cards', 1, {
  state: { n: uint },
  mine: { hand: list(u8, 5) },
}) as unknown as AnyProtocol
const made = (of: AnyProtocol): AnyProtocol => ({ ...of, mine: compile(of.mine) })

/** A room of so many seats, which all see something of their own. */
function room(of: AnyProtocol, seats: number, mine: (id: number) => object) {
  const all = new Map<number, { id: number; mine: Record<string, unknown> }>()
  const add = (id: number): void => void all.set(id, { id, mine: { ...mine(id) } })
  for (let id = 1; id <= seats; id++) add(id)
  const synced = { state: { n: 0 }, hidden: {}, seats: all }
  const sync = new Sync(of, { epoch: 1, tick: 0 }, synced)
  let tick = 0
  return { all, add, sync, flush: () => sync.flush(++tick, synced, []).mine }
}

test.each([
  ['walked', plainly],
  ['compiled', made(plainly)],
])('[SY1] what one seat alone sees is compared for each, however many come and go: %s', (_, of) => {
  for (const seats of [3, 64, 200]) {
    const { all, add, sync, flush } = room(of, seats, (id) => ({ name: `n${id}`, luck: { n: 0 } }))
    expect(flush().size).toBe(0)
    for (let turn = 0; turn < 70; turn++) {
      const gone = [...all.keys()][turn % all.size]!
      all.delete(gone)
      add(1000 + turn)
      const seat = [...all.values()][(turn * 7) % all.size]!
      if (turn % 2) seat.mine['name'] = `m${turn}`
      else seat.mine['luck'] = { n: turn + 1 }
      const before = sync.mineWhole(seat.id)
      const changes = flush()
      expect([...changes.keys()].filter((id) => id <= 1000)).toEqual(seat.id <= 1000 ? [seat.id] : [])
      expect(sync.mineWhole(gone)).toBeUndefined()
      const whole = of.mine.read(new Reader(sync.mineWhole(seat.id)!))
      expect(whole).toEqual(seat.mine)
      const patched =
        before && of.mine.patch(new Reader(changes.get(seat.id)!), of.mine.read(new Reader(before)))
      expect(patched ?? whole).toEqual(whole)
    }
  }
})

test('[SY1] a list that one seat alone sees is compared for each, by code made for it too', () => {
  const { all, flush } = room(made(cards), 100, () => ({ hand: [1] }))
  ;(all.get(70)!.mine['hand'] as number[]).push(2)
  expect([...flush().keys()]).toEqual([70])
  expect(flush().size).toBe(0)
})

test('[WI12] an unknown field of what a seat alone sees is found at once, or of one of many within 64 times', () => {
  for (const [seats, times] of [
    [3, 1],
    [200, 64],
  ] as const) {
    const { all, flush } = room(made(plainly), seats, () => ({ name: '', luck: { n: 0 } }))
    flush()
    all.get(2)!.mine['skin'] = 7
    expect(() => {
      for (let i = 0; i < times; i++) flush()
    }).toThrow("has the unknown field 'skin'")
  }
})

test('[WI13] −0 in what a seat alone sees becomes 0, and what is missing or out of range is told', () => {
  const { all, flush } = room(made(plainly), 100, () => ({ name: '', luck: { n: 0 } }))
  all.get(9)!.mine['luck'] = { n: -0 }
  expect(flush().size).toBe(0)
  expect(all.get(9)!.mine).toEqual({ name: '', luck: { n: 0 } })
  all.get(9)!.mine['luck'] = { n: 256 }
  expect(flush).toThrow('luck.n: expected an integer 0 … 255, got 256')
  all.get(9)!.mine['luck'] = undefined
  expect(flush).toThrow('luck')
})
