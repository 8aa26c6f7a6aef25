import type { VirtualClock } from '../packages/hoopsnake/src/core/clock.ts'
import type { Link } from '../packages/hoopsnake/src/core/link.ts'
import type { AnyProtocol } from '../packages/hoopsnake/src/core/protocol.ts'
import { dialRaw, type Raw, type RawDial } from '../packages/hoopsnake/src/test/raw.ts'

/** Where a client that speaks frames enters, and how long a tick takes there, in ms. */
export interface Door {
  readonly link: Link
  readonly clock: VirtualClock
  readonly tick: number
}

/** Lets a client into a room: waits for whatever is asked of it, and for the tick that lets it in. */
export async function enterRaw<P extends AnyProtocol>(
  { link, clock, tick }: Door,
  protocol: P,
  dial: RawDial,
): Promise<Raw<P>> {
  const raw = dialRaw(link, protocol, dial)
  await settle()
  clock.advance(tick)
  return raw
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}
