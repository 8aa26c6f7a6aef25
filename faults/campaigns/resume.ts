import { runLedger, type Tally } from '../../tests/ledger.ts'
import { atLeast, type Campaign, exactly } from '../campaign.ts'

/** Inputs of one run; each has a seed of its own, and every second one restarts the server. */
const RUN = 10_000

/** Every input applied once and in order, or refused; every event heard once and in order. In virtual time. */
export const campaign: Campaign = {
  about: 'cuts, stalls, takeovers, restarts and crashes: no input or event lost, doubled or out of order',
  usual: { count: 1_000_000, seconds: 0 },
  async run({ count, seed, progress }) {
    const sum = new Map<keyof Tally, number>()
    for (let i = 0; i * RUN < count; i++) {
      const inputs = Math.min(RUN, count - i * RUN)
      const tally = await runLedger({ seed: (seed + i) % 2 ** 32, inputs, restarts: i % 2 === 1 })
      for (const [name, value] of Object.entries(tally) as [keyof Tally, number][])
        sum.set(name, (sum.get(name) ?? 0) + value)
      progress(`${sum.get('inputs')} inputs, ${sum.get('events')} events`)
    }
    const of = (name: keyof Tally): number => sum.get(name) ?? 0
    return [
      exactly('inputs lost', of('lost'), 0),
      exactly('inputs doubled, out of order, or applied though refused', of('wrong'), 0),
      exactly('events not heard', of('unheard'), 0),
      exactly('events heard twice or out of order', of('repeated'), 0),
      atLeast('inputs', of('inputs'), count),
      atLeast('events heard', of('events'), count),
      atLeast('cuts and stalls', of('cuts'), count / 1000),
      atLeast('takeovers', of('takeovers'), count / 10_000),
      atLeast('restarts and crashes', of('restarts'), count / 10_000),
    ]
  },
}
