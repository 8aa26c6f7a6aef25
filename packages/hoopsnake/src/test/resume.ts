import type { Dial } from '../client/dial.ts'
import { addressOf } from '../client/dial.ts'
import { openGame } from '../client/game.ts'
import type { Game, PlayOptions } from '../client/index.ts'
import type { Kept } from '../client/keep.ts'
import type { Predictable } from '../client/predict.ts'
import type { Clock } from '../core/clock.ts'
import type { AnyProtocol } from '../core/protocol.ts'

/** What a client of a simulation runs by. */
export interface Means {
  readonly clock: Clock
  readonly dial: Dial
  readonly random: () => number
}

/** Comes back to a seat, as a page does that kept its token. Rejects with Refused. */
export function resume<P extends AnyProtocol>(
  protocol: P,
  kept: Kept,
  { rules, ...means }: Means & Pick<PlayOptions<P>, 'rules'>,
): Promise<Game<P>> {
  const setup = {
    ...means,
    protocol,
    rules: rules as unknown as Predictable | undefined,
    ticket: '',
    address: (code: string) => addressOf('', protocol.name, code),
    entrances: [{ code: kept.room, intent: { intent: 'resume', ...kept } as const }],
    keep: undefined,
  }
  return new Promise((resolve, reject) => openGame<P>(setup, { entered: resolve, refused: reject }))
}
