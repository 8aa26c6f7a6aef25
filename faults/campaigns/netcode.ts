import { runNetcode } from '../../tests/netcode.ts'
import { atLeast, type Campaign, exactly } from '../campaign.ts'

/** Views never run back, and predictions are true within round trip + buffer once inputs stop. In virtual time. */
export const campaign: Campaign = {
  about: 'bad networks by --count seeds: no view runs back, every prediction comes true in time',
  usual: { count: 1000, seconds: 0 },
  async run({ count, seed, progress }) {
    let [back, late, desyncs, cuts] = [0, 0, 0, 0]
    for (let i = 0; i < count; i++) {
      const one = (seed + i) % 2 ** 32
      const seen = await runNetcode(one)
      const isLate = seen.settled > seen.bound
      if (seen.back > 0 || isLate || seen.desyncs > 0) progress(`seed ${one}: ${JSON.stringify(seen)}`)
      back += seen.back
      desyncs += seen.desyncs
      cuts += seen.cuts
      if (isLate) late += 1
      if (i % 100 === 99) progress(`${i + 1} seeds`)
    }
    return [
      exactly('views that ran back', back, 0),
      exactly('seeds whose predictions came true too late', late, 0),
      exactly('states that were not the room’s', desyncs, 0),
      atLeast('cuts, drops and stalls', cuts, count),
    ]
  },
}
