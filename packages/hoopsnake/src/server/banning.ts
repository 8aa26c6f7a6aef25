import type { Bus } from '../core/bus.ts'
import type { Log } from '../core/log.ts'
import type { Store } from '../core/store.ts'
import { type Ban, type BanAsk, type Bans, type BanTarget } from './gateway/bans.ts'

/** Bans that outlive the server, and hold on every server that shares its bus. */
export interface Banning {
  /** Bans at once; resolves when that is kept. Throws with words on what cannot be banned. */
  readonly ban: (ask: BanAsk) => Promise<void>
  /** Lifts a ban at once, one that the server made by itself too; resolves when that is kept. */
  readonly unban: (target: BanTarget) => Promise<void>
}

export interface BanningGiven {
  readonly bans: Bans
  readonly store: Store
  readonly bus: Bus
  readonly log: Log
  /** Ends the connections of who has been banned. */
  readonly expel: (key: string, ban: Ban) => void
  /** Tells this server from others on the bus. */
  readonly id: string
  /** The time of day, ms since 1970: a ban goes on while no server runs. */
  readonly wallTime: () => number
}

/** A ban as it is kept and sent. */
type Kept = BanTarget & {
  readonly reason: string
  /** By the time of day; null: until it is lifted. */ readonly until: number | null
}

type Message = { readonly from: string } & ({ readonly ban: Kept } | { readonly lift: BanTarget })

const TOPIC = 'hoopsnake/bans'
const PREFIX = 'ban/'

/** Takes in the bans that the store has kept, and those that other servers make from now on. */
export async function startBanning(given: BanningGiven): Promise<Banning> {
  const { bans, store, bus, log, expel, id, wallTime } = given
  for (const key of await store.keys(PREFIX)) await restore(key, given)
  bus.subscribe(TOPIC, (bytes) => {
    const message = parse(bytes) as Message
    if (message.from === id) return
    if ('ban' in message) take(keptOf(message.ban), given)
    else bans.lift(message.lift)
  })
  const tell = (message: Message): void => bus.publish(TOPIC, write(message))
  return {
    async ban(ask) {
      const over = bans.sweep()
      const { key, ban } = bans.make(ask)
      const { reason, left } = ban
      expel(key, ban)
      log('info', 'banned', { whom: key, reason, ms: left })
      const until = left === Infinity ? null : wallTime() + left
      const kept = { ...targetOf(ban), reason, until }
      tell({ from: id, ban: kept })
      await Promise.all([
        store.put(PREFIX + key, write(kept)),
        ...over.map((one) => store.remove(PREFIX + one)),
      ])
    },
    async unban(target) {
      const key = bans.lift(target)
      log('info', 'lifted a ban', { whom: key })
      tell({ from: id, lift: target })
      await store.remove(PREFIX + key)
    },
  }
}

/** Takes a kept ban in; one that is over is removed, one that makes no sense is logged and left. */
async function restore(key: string, given: BanningGiven): Promise<void> {
  const { store, log } = given
  const bytes = await store.get(key)
  if (bytes === undefined) return
  try {
    if (!take(keptOf(parse(bytes)), given)) await store.remove(key)
  } catch (error) {
    log('error', 'a ban in the store cannot be read', { key, error })
  }
}

/** Makes a ban that was kept or sent; says whether it is not over. */
function take(kept: Kept, { bans, expel, wallTime }: BanningGiven): boolean {
  const { until, ...ask } = kept
  const left = until === null ? undefined : until - wallTime()
  if (left !== undefined && left <= 0) return false
  const { key, ban } = bans.make({ ...ask, for: left })
  expel(key, ban)
  return true
}

function targetOf({ user, address }: Ban): BanTarget {
  return address === undefined ? { user } : { address }
}

/** Throws TypeError on what is no ban. */
function keptOf(value: unknown): Kept {
  const kept = value as Kept
  const { reason, until } = kept
  if (typeof reason !== 'string' || !(until === null || Number.isFinite(until)))
    throw new TypeError('a ban without reason or end')
  return kept
}

function write(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}
