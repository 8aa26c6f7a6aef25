import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nothing } from '../wire/atoms.ts'
import { map } from '../wire/map.ts'
import { uint } from '../wire/numbers.ts'
import { refuse } from './errors.ts'
import type { Entry } from './inbox.ts'
import { Machine } from './machine.ts'
import { protocol } from './protocol.ts'
import { createRandom } from './random.ts'

const bank = protocol('bank', 1, {
  state: { sum: uint, chance: uint, accounts: map(uint, uint, 2000) },
  inputs: { pay: uint, refuse: nothing, fault: nothing, pass: nothing },
})

const inputs = ['pay', 'refuse', 'fault', 'pass'] as const
type Deed = (typeof inputs)[number] | 'join' | 'leave'

/** How often a handler was called. */
let calls = 0

const kind = bank.room(
  {
    create: () => ({ sum: 0, chance: 0, accounts: new Map() }),
    join: (room, seat) => void room.state.accounts.set(seat.id, 0),
    leave: (room, seat) => void room.state.accounts.delete(seat.id),
    inputs: {
      pay(room, seat, coins) {
        calls++
        room.state.sum += coins
        room.state.chance = room.int(1000)
        room.state.accounts.set(seat.id, room.state.accounts.get(seat.id)! + coins)
      },
      // These two write first: all of it has to be undone.
      refuse(room, seat) {
        calls++
        room.state.sum += room.int(1000)
        room.state.accounts.delete(seat.id)
        throw refuse('NO_CREDIT', 'no credit')
      },
      fault(room, seat) {
        calls++
        room.state.sum += room.int(1000)
        room.state.accounts.delete(seat.id)
        throw new Error('a fault')
      },
      // The first one fails, and for what it wrote the others do not: each time the ticks are made it is another one.
      pass(room) {
        calls++
        if (room.state.sum > 0) return
        room.state.sum = 1
        throw new Error('nothing there')
      },
    },
  },
  { hz: 20, seats: 2000 },
)

/** A room with so many seats that nobody has done anything in. */
function open(seats: number): Machine {
  const beginning = { code: 'BANK', epoch: 1, tick: 0, random: createRandom(7), hz: 20 }
  const machine = new Machine(kind, beginning, { options: undefined, loaded: undefined })
  machine.run(
    1,
    Array.from({ length: seats }, (_, i) => entry('join', i + 1, 0)),
  )
  machine.flush()
  calls = 0
  return machine
}

function entry(deed: Deed, seat: number, seq: number): Entry {
  if (deed === 'join') return { kind: 'join', seat, digest: '', user: undefined, ask: {} }
  if (deed === 'leave') return { kind: 'leave', seat }
  return {
    kind: 'input',
    seat,
    seq,
    input: inputs.indexOf(deed),
    value: deed === 'pay' ? 5 : undefined,
    failed: undefined,
  }
}

const seatsOf = (machine: Machine): number[] => [...machine.seats.keys()]

/** Half of the seats pay, then the others do something that fails. */
const halves = (machine: Machine, deed: Deed): Entry[] =>
  seatsOf(machine).map((seat) => entry(seat <= 500 ? 'pay' : deed, seat, 1))

test('[RM25] hundreds of refusals thrown in one tick cost no more than a few times that tick', () => {
  const machine = open(1000)
  const told: number[] = []
  machine.failed = ({ seat }) => told.push(seat)
  machine.run(2, halves(machine, 'refuse'))
  expect(calls).toBeLessThan(6000)
  expect(machine.state).toMatchObject({ sum: 2500 })
  const { effects } = machine.flush()
  expect(effects.acked.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(seatsOf(machine))
  expect([...effects.own.keys()].every((seat) => seat > 500)).toBe(true)
  expect(effects.own.size).toBe(500)
  for (const { refusals } of effects.own.values())
    expect(refusals.map(({ code }) => code)).toEqual(['NO_CREDIT'])
  expect(told).toEqual([])
})

test('[RM25] where each time another entry fails, all that are left are taken out in the end', () => {
  const machine = open(1000)
  machine.run(2, halves(machine, 'pass').reverse())
  expect(calls).toBeLessThan(20_000)
  expect(machine.state['sum']).toBe(0)
  expect(machine.seats.size).toBe(1000)
})

test('[RM25] a fault among many is charged only where it was surely its own', () => {
  const machine = open(1000)
  let failed = 0
  machine.failed = () => void failed++
  machine.run(
    2,
    seatsOf(machine).map((seat) => entry('fault', seat, 1)),
  )
  expect(failed).toBe(1000)
  const charged = [...machine.seats.values()].filter(({ failures }) => failures.length > 0)
  expect(charged.length).toBeGreaterThan(5)
  expect(charged.length).toBeLessThan(20)
})

test('[RM15] a room after ticks with failing entries is as though they had never been', () => {
  const deed = fc.constantFrom<Deed[]>('pay', 'pay', 'refuse', 'fault', 'join', 'leave')
  const ticks = fc.array(fc.array(fc.tuple(deed, fc.integer({ min: 1, max: 40 })), { maxLength: 60 }), {
    minLength: 1,
    maxLength: 3,
  })
  fc.assert(
    fc.property(ticks, (window) => {
      const tried = open(30)
      const spared = open(30)
      const sound = (d: Deed): boolean => d !== 'refuse' && d !== 'fault'
      let seat = 100
      window.forEach((deeds, i) => {
        const entries = deeds.map(([d, id]) => [d, entry(d, d === 'join' ? ++seat : id, 1)] as const)
        tried.run(
          2 + i,
          entries.map(([, one]) => ({ ...one })),
        )
        spared.run(
          2 + i,
          entries.filter(([d]) => sound(d)).map(([, one]) => one),
        )
      })
      // Three faults of a seat close it, which is a rule of its own.
      const closed = new Set(tried.flush().effects.left.map((one) => one.seat))
      for (const id of closed) if (spared.seats.has(id)) return
      expect(seatsOf(tried)).toEqual(seatsOf(spared))
      expect(tried.state).toEqual(spared.state)
      expect(tried.random.state).toEqual(spared.random.state)
    }),
  )
})
