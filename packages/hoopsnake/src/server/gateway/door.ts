import type { Clock } from '../../core/clock.ts'
import { codes, refuse, type Refused } from '../../core/errors.ts'
import { Bucket, createTally, type Tally } from '../../core/limits.ts'
import type { Log } from '../../core/log.ts'
import { userKey } from '../../core/users.ts'
import { isLoopback, type Sender } from './address.ts'
import { addressKey, type Bans, wordsOf } from './bans.ts'
import { Heads } from './heads.ts'
import type { FullLimits } from './limits.ts'
import { recent } from './recent.ts'
import { seldom } from './seldom.ts'

/** What the door decides by. */
export interface DoorGiven {
  readonly limits: FullLimits
  readonly bans: Bans
  readonly clock: Clock
  readonly log: Log
}

/** Why an upgrade is refused by HTTP. */
export interface TurnedAway {
  readonly status: 403 | 404 | 429 | 503
  readonly words: string
  /** Seconds after which another try makes sense; absent: it makes none. */
  readonly retryAfter?: number
}

/** What a request is for: a probe asks how the server is, everything else is a page or what it needs. */
export type Errand = 'page' | 'probe'

/** Decides who may come in, and counts who is there: in all, by address, and those nobody knows yet. */
export interface Door {
  /** Counts a request that is no dial; says why it is turned away. Undefined: it is to be answered. */
  request(sender: Sender, errand: Errand): TurnedAway | undefined
  /** Counts a dial; says why it is turned away. Undefined: it may come in. */
  dial(sender: Sender): TurnedAway | undefined
  /** Counts a socket in. */
  enter(sender: Sender): Stay
}

/** One socket, from its upgrade to its end. */
export interface Stay {
  /** Keys by which the client may be banned: its address, and its user once that is known. */
  readonly keys: readonly string[]
  /** Why who dials from here is refused in words: a ban that somebody made. */
  readonly banned: Refused | undefined
  /** Lets the client in as `user`; gives why it may not come in. */
  admit(user: unknown): Refused | undefined
  /** Says by which code the client is being ended. Floods and nonsense are counted against it. */
  ending(code: string): void
  /** Says that the socket is gone. Once. */
  leave(): void
}

/** Addresses, or users, whose dials, requests and strikes are remembered; beyond, the oldest start afresh. */
const MOST_REMEMBERED = 10_000

/** Seconds after which a full server, or address, may have a place again. */
const SOON = 1

/** Makes the door of a gateway. */
export function createDoor(given: DoorGiven): Door {
  const { limits, bans } = given
  const { connections, entering, perAddress, dials, requests } = limits
  const heads = new Heads()
  const mayDial = pace(given, dials)
  // Apart: where players share the address of a balancer, their floods must not look like our illness. And a tenth: to
  // count what there is goes through all rooms.
  const rates = { page: requests, probe: tenthOf(requests) }
  const mayAsk = { page: pace(given, rates.page), probe: pace(given, rates.probe) }
  const inside: Inside = { heads, bans, strike: striker(given) }
  const warn = seldom(given)

  function turn(status: TurnedAway['status'], words: string, address: string, retryAfter = SOON): TurnedAway {
    warn('turned somebody away', { why: words, address })
    return { status, words, retryAfter }
  }

  return {
    request(sender, errand) {
      if (mayAsk[errand](sender)) return undefined
      const rate = rates[errand].perSecond
      return turn(429, `More than ${rate} requests per second from your address.`, sender.address)
    },
    dial(sender) {
      const { group, address, crowd } = sender
      const ban = bans.find(addressKey(group))
      if (ban?.automatic)
        return turn(429, 'Too many floods came from your address.', address, Math.ceil(ban.left / 1000))
      if (crowd)
        warn(`a proxy forwards clients here: name it in \`proxies\`, or no limit by address holds`, {
          address,
        })
      if (!mayDial(sender))
        return turn(429, `More than ${dials.perSecond} dials per second from your address.`, address)
      if (isCounted(sender, perAddress.local) && heads.of(group) >= perAddress.most)
        return turn(429, `${perAddress.most} connections are the most from one address.`, address)
      if (heads.all >= connections) return turn(503, codes.SERVER_FULL, address)
      if (heads.unknown >= entering)
        return turn(503, `${entering} clients are on their way in; dial again.`, address)
      return undefined
    },
    enter: (sender) => new Visit(inside, sender),
  }
}

/** What all who are there have in common. */
interface Inside {
  readonly heads: Heads
  readonly bans: Bans
  readonly strike: (key: string, code: string) => void
}

/** One who is there. A class, because there are thousands. */
class Visit implements Stay {
  readonly #inside: Inside
  readonly #address: string
  readonly #group: string
  readonly #crowd: boolean
  #user: string | undefined
  #isKnown = false

  constructor(inside: Inside, { address, group, crowd }: Sender) {
    this.#inside = inside
    this.#address = address
    this.#group = group
    this.#crowd = crowd
    inside.heads.enter(group)
  }

  get keys(): readonly string[] {
    const at = addressKey(this.#group)
    return this.#user === undefined ? [at] : [at, this.#user]
  }

  get banned(): Refused | undefined {
    return this.#refusal(addressKey(this.#group))
  }

  admit(user: unknown): Refused | undefined {
    this.#user = userKey(user)
    const no = this.#refusal(this.#user)
    if (no === undefined) this.#know()
    return no
  }

  ending(code: string): void {
    // Whoever writes a client of their own at this machine meets MALFORMED often.
    if (code !== 'FLOOD' && !(code === 'MALFORMED' && !isLoopback(this.#address))) return
    // A user that is known answers for itself; nobody knows who else is at its address.
    if (this.#user !== undefined) this.#inside.strike(this.#user, code)
    else if (!this.#crowd) this.#inside.strike(addressKey(this.#group), code)
  }

  leave(): void {
    this.#know()
    this.#inside.heads.leave(this.#group)
  }

  #know(): void {
    if (!this.#isKnown) this.#inside.heads.know()
    this.#isKnown = true
  }

  #refusal(key: string | undefined): Refused | undefined {
    const ban = this.#inside.bans.find(key)
    return ban && refuse('BANNED', wordsOf(ban))
  }
}

function tenthOf({ perSecond, burst, local }: FullLimits['requests']): FullLimits['requests'] {
  return { perSecond: perSecond / 10, burst: Math.max(burst / 10, 1), local }
}

/** Makes the way to count what comes from each address; it says whether one more is within the rate. */
function pace({ clock }: DoorGiven, rate: FullLimits['dials']): (sender: Sender) => boolean {
  const buckets = recent<Bucket>(MOST_REMEMBERED, () => new Bucket(rate))
  return (sender) => !isCounted(sender, rate.local) || buckets.get(sender.group).take(clock.now())
}

/** Makes the way to count what goes against an address or user. When it is too much, it is banned for a while. */
function striker({ limits: { strikes }, bans, clock, log }: DoorGiven): (key: string, code: string) => void {
  const tallies = recent<Tally>(MOST_REMEMBERED, () => createTally(strikes))
  return (key, code) => {
    if (tallies.get(key).count(clock.now())) return
    tallies.delete(key)
    bans.strike(key, strikes.ban)
    log('warn', 'banned for a while', { whom: key, code, ms: strikes.ban })
  }
}

/** Programs of this machine are not counted unless it was asked for: they are tests, bots, or a proxy that forwards nothing. */
function isCounted({ address, crowd }: Sender, local: boolean): boolean {
  return !crowd && (local || !isLoopback(address))
}
