import { type Clock, type Duration, milliseconds } from '../../core/clock.ts'
import { codes } from '../../core/errors.ts'
import { userKey } from '../../core/users.ts'
import { groupOf, plainAddress } from './address.ts'

/**
 * Who is banned. A user is known by itself, if `auth` answers texts or numbers, or else by its `id`; with an IPv6
 * address goes its /64.
 */
export type BanTarget = { readonly user: unknown } | { readonly address: string }

/** A ban to be made. */
export type BanAsk = BanTarget & {
  /** Default: until it is lifted. */
  readonly for?: Duration | undefined
  /** Told to who is banned. At most 200 characters are kept. */
  readonly reason?: string | undefined
}

/** A ban that is in force. */
export interface Ban {
  readonly user?: string | number
  /** Of IPv6 the network, e.g. `2001:db8::/64`. */
  readonly address?: string
  readonly reason: string
  /** ms; Infinity: until it is lifted. */
  readonly left: number
  /** Whether the server made it by itself, after too many connections that flooded; see `limits.strikes`. */
  readonly automatic: boolean
}

/** Bans that somebody made; one more is refused, for who was banned has to stay so. */
const MOST_MADE = 10_000

/** Bans that the server made; one more ends the one that was made first. */
const MOST_AUTOMATIC = 10_000

const LONGEST_REASON = 200

type Subject = { readonly user: string | number } | { readonly address: string }

interface Entry {
  readonly subject: Subject
  readonly reason: string
  readonly automatic: boolean
  /** On the clock of the server. */
  readonly until: number
}

type Table = Map<string, Entry>

/** Who may not come in. Keys are those of {@link userKey} and {@link addressKey}. */
export interface Bans {
  /** Makes a ban, in place of one there may be. Throws with words on a target that is none, and if there are too many. */
  make(ask: BanAsk): { readonly key: string; readonly ban: Ban }
  /** Makes a ban for `ms`, by the server itself. */
  strike(key: string, ms: number): void
  /** Lifts what there is for a target; gives its key. */
  lift(target: BanTarget): string
  find(key: string | undefined): Ban | undefined
  /** Forgets the bans that somebody made and that are over; gives their keys. */
  sweep(): string[]
  list(): Ban[]
}

/** Gives the key of a group of addresses, see `Sender`. */
export function addressKey(group: string): string {
  return `address ${group}`
}

/** Makes an empty list of bans. */
export function createBans(clock: Clock): Bans {
  const made: Table = new Map()
  const automatic: Table = new Map()
  const until = (ms: number): number => clock.now() + ms
  return {
    make(ask) {
      const subject = subjectOf(ask)
      const key = keyOf(subject)
      const ms = ask.for === undefined ? Infinity : milliseconds(ask.for)
      if (made.size >= MOST_MADE && !made.has(key)) {
        throw new RangeError(
          `${MOST_MADE} bans are the most: lift some, or keep them with your users and refuse in \`auth\``,
        )
      }
      const reason = (ask.reason ?? codes.BANNED).slice(0, LONGEST_REASON).toWellFormed()
      const entry = { subject, reason, automatic: false, until: until(ms) }
      made.set(key, entry)
      return { key, ban: shown(entry, clock.now()) }
    },
    strike(key, ms) {
      if (automatic.size >= MOST_AUTOMATIC) forget(automatic, clock.now())
      if (automatic.size >= MOST_AUTOMATIC) automatic.delete(automatic.keys().next().value!)
      const reason = 'Too many connections that flooded or made no sense.'
      automatic.set(key, { subject: subjectOfKey(key), reason, automatic: true, until: until(ms) })
    },
    lift(target) {
      const key = keyOf(subjectOf(target))
      made.delete(key)
      automatic.delete(key)
      return key
    },
    find(key) {
      if (key === undefined) return undefined
      const now = clock.now()
      const entry = [made.get(key), automatic.get(key)].find((one) => one !== undefined && now < one.until)
      return entry && shown(entry, now)
    },
    sweep: () => forget(made, clock.now()),
    list() {
      const now = clock.now()
      const entries = [...made.values(), ...automatic.values()]
      return entries.filter(({ until }) => now < until).map((entry) => shown(entry, now))
    },
  }
}

function shown({ subject, reason, until, automatic }: Entry, now: number): Ban {
  return { ...subject, reason, left: until - now, automatic }
}

/** Removes what is over; gives its keys. */
function forget(table: Table, now: number): string[] {
  const over = [...table].filter(([, { until }]) => now >= until).map(([key]) => key)
  for (const key of over) table.delete(key)
  return over
}

/** Says to who is banned why, and for how long. */
export function wordsOf({ reason, left }: Ban): string {
  return left === Infinity ? reason : `${reason} (${spanOf(left)} left)`
}

/** Writes a span of time, never less than it is. */
function spanOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`
}

function subjectOf(target: BanTarget): Subject {
  if ('address' in target) {
    const address = plainAddress(String(target.address).replace(/\/64$/, ''))
    if (address === undefined)
      throw new TypeError(
        `'${target.address}' is no address to ban; give e.g. '203.0.113.7' or '2001:db8::1'`,
      )
    return { address: groupOf(address) }
  }
  const key = userKey(target.user)
  if (key === undefined)
    throw new TypeError(
      'a user is banned by what `auth` answered: a text, a number, or an object with an `id`',
    )
  return subjectOfKey(key)
}

function keyOf(subject: Subject): string {
  return 'address' in subject ? addressKey(subject.address) : userKey(subject.user)!
}

function subjectOfKey(key: string): Subject {
  const at = key.indexOf(' ')
  const of = key.slice(at + 1)
  return key.startsWith('user ') ? { user: JSON.parse(of) as string | number } : { address: of }
}
