import type { Clock } from '../../core/clock.ts'
import { createTally, type Tally } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { recent } from './recent.ts'

/** Kinds of warnings that are told apart. */
const MOST_KINDS = 16

/** Warns of what somebody outside did. Those with the same words, or the same `why`, are of one kind. */
export type Warn = (message: string, fields: { why?: string; address: string | undefined }) => void

/** Makes a log of warnings: the first of a kind in a minute is one, a flood of them is not. */
export function seldom({ clock, log }: { readonly clock: Clock; readonly log: Log }): Warn {
  const tallies = recent<Tally>(MOST_KINDS, () => createTally({ most: 1, within: 60_000 }))
  return (message, fields) => {
    const first = tallies.get(fields.why ?? message).count(clock.now())
    log(first ? 'warn' : 'debug', message, fields)
  }
}
