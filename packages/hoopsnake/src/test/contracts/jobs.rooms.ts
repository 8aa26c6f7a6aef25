import { rooms } from '../../core/kind.ts'
import { protocol } from '../../core/protocol.ts'
import { nothing } from '../../wire/atoms.ts'
import { list } from '../../wire/list.ts'
import { uint } from '../../wire/numbers.ts'
import { str } from '../../wire/text.ts'
import { double, fail, heed, spin } from './jobs.module.ts'

/** A game that asks for jobs, and shows what came of them. */
export const oracle = protocol('oracle', 1, {
  state: { loaded: uint, answers: list(uint, 100), failures: list(str(200), 100) },
  inputs: { double: uint, fail: str(20), heed: nothing, spin: str(200), exit: nothing, close: nothing },
  results: { number: uint, word: str(20) },
})

const kind = oracle.room<number>(
  {
    create: (_, { loaded }) => ({ loaded, answers: [], failures: [] }),
    inputs: {
      double: (room, _, n) => room.later(({ jobs }) => jobs.run(double, n), 'number'),
      fail: (room, _, why) => room.later(({ jobs }) => jobs.run(fail, { why }), 'word'),
      heed: (room) => room.later(({ jobs }) => jobs.run(heed, null), 'word'),
      spin: (room, _, file) => room.later(({ jobs }) => jobs.run(spin, { file }), 'word'),
      exit: () => process.exit(1),
      close: (room) => room.close(),
    },
    results: {
      number({ state }, outcome) {
        if (outcome.ok) state.answers.push(outcome.value)
        else state.failures.push(`${outcome.code}: ${outcome.message}`)
      },
      word({ state }, outcome) {
        state.failures.push(outcome.ok ? outcome.value : `${outcome.code}: ${outcome.message}`)
      },
    },
  },
  { hz: 50, save: { every: '1s' }, load: ({ jobs }) => jobs.run(double, 50).catch(() => 0) },
)

export default rooms(import.meta.url, { kind })
