import { describe, expect, test } from 'vitest'
import { yard, yardRules, yardState } from '../../../../tests/yard.ts'
import { Refused } from '../core/errors.ts'
import type { Rules } from '../core/rules.ts'
import type { Pending } from './outbox.ts'
import type { Base, Predictable } from './predict.ts'
import { Prediction } from './predict.ts'

type YardRules = Rules<typeof yard>

function predictor(inputs: Partial<YardRules['inputs']> = {}, more: Partial<YardRules> = {}, hz = 10) {
  const reports: unknown[] = []
  const rules = { ...yardRules, ...more, inputs: { ...yardRules.inputs, ...inputs } }
  const prediction = new Prediction({
    protocol: yard,
    rules: rules as unknown as Predictable,
    code: 'ROOM',
    seat: 1,
    hz,
    report: (error) => reports.push(error),
  })
  return { prediction, reports }
}

let versions = 0
const base = (tick: number, ...at: number[]): Base => ({
  version: ++versions,
  tick,
  state: yardState(tick, ...at),
  mine: { steps: 0 },
})

function inputs(...list: [name: string, value: unknown, aim: number][]): Pending[] {
  return list.map(([name, value, aim], i) => {
    const input = yard.inputs.findIndex((named) => named.name === name)
    return { seq: i + 1, name, input, value, aim, at: 0, settle: undefined }
  })
}

const at = (state: unknown) => (state as ReturnType<typeof yardState>).runners.get(1)!.at

describe('prediction', () => {
  test('[CL16] makes the ticks that are due, each input at its tick, and leaves the base as it is', () => {
    const { prediction } = predictor()
    const from = base(10, 0)
    const pending = inputs(['go', 'run', 12], ['jump', 5, 13])
    expect([11, 12, 13, 14].map((tick) => at(prediction.run(from, pending, tick)))).toEqual([0, 3, 11, 14])
    expect(from.state).toEqual(yardState(10, 0))
    expect(prediction.tick).toBe(14)
  })

  test('[CL16] begins again from each new state, with what is not answered', () => {
    const { prediction } = predictor()
    const pending = inputs(['go', 'run', 12], ['jump', 5, 13])
    prediction.run(base(10, 0), pending, 14)
    // Later than hoped: now only the second input is on its way.
    const state = base(12, 0)
    ;(state.state as ReturnType<typeof yardState>).runners.get(1)!.pace = 'run'
    expect(at(prediction.run(state, pending.slice(1), 14))).toBe(11)
  })

  test('[CL16] stops after 250 ms or 7 ticks, whichever is more', () => {
    const { prediction } = predictor()
    prediction.run(base(10, 0), [], 999)
    expect(prediction.tick).toBe(17)
    const fast = predictor({}, {}, 60).prediction
    fast.run(base(10, 0), [], 999)
    expect(fast.tick).toBe(25)
  })

  test('[CL16] does not flicker: one tick ahead it waits, and a late input stays seen', () => {
    const { prediction } = predictor()
    prediction.run(base(10, 0), [], 13)
    prediction.run(base(11, 0), [], 12)
    expect(prediction.tick).toBe(13)
    prediction.run(base(11, 0), [], 11)
    expect(prediction.tick).toBe(11)
    expect(at(prediction.run(base(12, 0), inputs(['jump', 5, 12]), 12))).toBe(5)
  })

  test('[CL16] where rooms tick on events, inputs show at once and no tick is made', () => {
    let seen: unknown
    const { prediction } = predictor(
      {
        jump: (room, seat, by) => {
          seen = [room.tick, room.hz, room.after('2s')]
          room.state.runners.get(seat.id)!.at += by
        },
      },
      {},
      0,
    )
    const from = base(5000, 0)
    expect(at(prediction.run(from, inputs(['jump', 2, 1]), 5300))).toBe(2)
    expect(seen).toEqual([5300, 1000, 7300])
    expect(at(prediction.run(from, inputs(['jump', 2, 1], ['jump', 3, 1]), 5400))).toBe(5)
  })
})

describe('rules that are predicted', () => {
  test('[CL17] a refusal that is returned means: nothing happens', () => {
    const { prediction } = predictor()
    expect(at(prediction.run(base(10, 0), inputs(['jump', 99, 11], ['jump', 2, 11]), 11))).toBe(2)
  })

  test('[CL17] a refusal that is thrown undoes what its handler wrote', () => {
    const { prediction, reports } = predictor({
      jump(room, seat, by) {
        room.state.runners.get(seat.id)!.at += by
        if (by > 9) throw new Refused('TOO_FAR')
      },
    })
    const pending = inputs(['jump', 1, 11], ['jump', 50, 11], ['jump', 2, 12])
    expect(at(prediction.run(base(10, 0), pending, 12))).toBe(3)
    expect(reports).toEqual([])
  })

  test.each<[string, NonNullable<YardRules['inputs']['rest']>]>([
    ['random', (room) => room.random()],
    ['int', (room) => room.int(5)],
    ['hidden', (room) => room.hidden.treasure],
  ])('[CL17] what only the server knows (%s) ends the handler; what it wrote before stays', (_, ask) => {
    const { prediction, reports } = predictor({
      rest(room, seat) {
        room.state.runners.get(seat.id)!.at += 1
        ask(room, seat, undefined)
        room.state.runners.get(seat.id)!.at += 100
      },
    })
    expect(at(prediction.run(base(10, 0), inputs(['rest', undefined, 11], ['jump', 2, 11]), 12))).toBe(3)
    expect(reports).toEqual([])
  })

  test('[CL17] sees its own seat alone, and tells, starts and closes nothing', () => {
    let seats: unknown
    const { prediction, reports } = predictor({
      rest(room, seat) {
        seats = [...room.seats.keys(), seat.user, seat.away, room.code, room.hz, room.tick, room.after('1s')]
        room.send(seat, 'status', 'hi')
        room.broadcast('found', { seat: 1 })
        room.close()
        seat.kick('no')
        seat.mine.steps += 1
      },
    })
    const from = base(10, 0, 50)
    prediction.run(from, inputs(['rest', undefined, 11]), 11)
    expect(seats).toEqual([1, undefined, false, 'ROOM', 10, 11, 21])
    expect(from.mine).toEqual({ steps: 0 })
    expect(reports).toEqual([])
  })

  test('[CL17] a fault is told once, and ends the prediction until the next state', () => {
    const { prediction, reports } = predictor(
      {},
      {
        tick(room) {
          if (room.tick === 12) throw new Error('a fault')
          room.state.runners.get(1)!.at += 1
        },
      },
    )
    const from = base(10, 0)
    expect(at(prediction.run(from, [], 14))).toBe(1)
    expect(at(prediction.run(from, inputs(['jump', 5, 11]), 15))).toBe(1)
    expect(at(prediction.run(base(11, 0), [], 14))).toBe(0)
    expect(at(prediction.run(base(12, 0), [], 14))).toBe(2)
    expect(reports).toMatchObject([{ message: 'a fault' }])
  })

  test('[CL17] may keep the value of an input in the state: it is given a copy each time', () => {
    const mark = { at: 1, text: 'a' }
    const { prediction } = predictor({
      mark: (room, _, value) => {
        value.at += 1
        room.state.runners.get(1)!.at = value.at
      },
    })
    const pending = inputs(['mark', mark, 11])
    prediction.run(base(10, 0), pending, 11)
    expect(at(prediction.run(base(10, 0), pending, 11))).toBe(2)
    expect(mark).toEqual({ at: 1, text: 'a' })
  })
})
