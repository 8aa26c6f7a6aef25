import { type Duration, milliseconds } from '../../core/clock.ts'

/** What the gateway allows clients. Every limit has a default that suits a game. */
export interface Limits {
  /** Sockets at once; one more is answered HTTP 503. Default 10,000. */
  readonly connections?: number
  /**
   * Sockets at once from one address (of IPv6: /64); one more is answered HTTP 429. Default 256: a school has one
   * address. Unless it is set, this machine's own (127.0.0.1, ::1) are not counted.
   */
  readonly perAddress?: number
  /**
   * Dials from one address; beyond, they are answered HTTP 429. Default 50 per second, 500 at once. Unless it is set,
   * this machine's own are not counted.
   */
  readonly dials?: { readonly perSecond: number; readonly burst: number }
  /**
   * Requests from one address for files, lists and metrics, and a tenth as many for `/healthz` and `/readyz`; beyond,
   * they are answered HTTP 429. Default 100 per second, 2,000 at once. Unless it is set, this machine's own are not
   * counted.
   */
  readonly requests?: { readonly perSecond: number; readonly burst: number }
  /** Sockets whose client is not in yet, `auth` included; one more is answered HTTP 503. Default 2,000. */
  readonly entering?: number
  /**
   * Clients that are let in, those who come back included; beyond, each is told another time to dial again (WAIT).
   * Default 1,000 per second, 2,000 at once.
   */
  readonly arrivals?: { readonly perSecond: number; readonly burst: number }
  /** Bytes of a message from a client; a longer one ends the connection (1009), unread. Default 4,096. */
  readonly frameBytes?: number
  /** Messages and pings of one connection; beyond, it is refused with FLOOD. Default 100 per second, 200 at once. */
  readonly frames?: { readonly perSecond: number; readonly burst: number }
  /**
   * Connections of one user or address that may be ended by FLOOD or MALFORMED `within` a time; one more, and it is
   * banned for `ban`: HTTP 429, or BANNED for a user. Default `{ most: 3, within: '1m', ban: '1m' }`.
   */
  readonly strikes?: { readonly most?: number; readonly within?: Duration; readonly ban?: Duration }
  /**
   * From the upgrade until the client is in, `auth` included; beyond, it is refused with TOO_SLOW. Also for the head of
   * a request, 408 beyond. Default '5s'.
   */
  readonly handshake?: Duration
  /** How often a client that says nothing is pinged; one that speaks, a sixth as often. Default '5s'. */
  readonly ping?: Duration
  /** Without any sign of life for so long, the connection is cut. Default '14s': both ends know within 15. */
  readonly silence?: Duration
  /** Rooms at once; a dial that would open another is refused with SERVER_FULL. Saved ones open again all the same. Default 10,000. */
  readonly rooms?: number
  /**
   * How long SIGTERM and `stop` let players leave, one after another, before the rooms are closed: for where other
   * servers take them. Default 0: all at once, for they come back to this one.
   */
  readonly drain?: Duration
  /** How long a graceful stop may take after that; then everything is cut. Default '10s'. */
  readonly stop?: Duration
}

/** Limits with every default filled in, in bytes and milliseconds. */
export interface FullLimits {
  readonly connections: number
  /** `local`: whether this machine's own addresses are counted. */
  readonly perAddress: { readonly most: number; readonly local: boolean }
  readonly dials: { readonly perSecond: number; readonly burst: number; readonly local: boolean }
  readonly requests: { readonly perSecond: number; readonly burst: number; readonly local: boolean }
  readonly entering: number
  readonly strikes: { readonly most: number; readonly within: number; readonly ban: number }
  readonly arrivals: { readonly perSecond: number; readonly burst: number }
  readonly frameBytes: number
  readonly frames: { readonly perSecond: number; readonly burst: number }
  readonly handshake: number
  readonly ping: number
  readonly silence: number
  readonly rooms: number
  readonly drain: number
  readonly stop: number
}

/** Fills the defaults in. Throws RangeError on a limit that is none, naming it. */
export function fullLimits(limits: Limits = {}): FullLimits {
  const { perAddress, dials, requests, strikes = {} } = limits
  const full = {
    connections: limits.connections ?? 10_000,
    perAddress: { most: perAddress ?? 256, local: perAddress !== undefined },
    dials: { ...(dials ?? { perSecond: 50, burst: 500 }), local: dials !== undefined },
    requests: { ...(requests ?? { perSecond: 100, burst: 2000 }), local: requests !== undefined },
    entering: limits.entering ?? 2000,
    strikes: {
      most: strikes.most ?? 3,
      within: milliseconds(strikes.within ?? '1m'),
      ban: milliseconds(strikes.ban ?? '1m'),
    },
    arrivals: limits.arrivals ?? { perSecond: 1000, burst: 2000 },
    frameBytes: limits.frameBytes ?? 4096,
    frames: limits.frames ?? { perSecond: 100, burst: 200 },
    handshake: milliseconds(limits.handshake ?? '5s'),
    ping: milliseconds(limits.ping ?? '5s'),
    silence: milliseconds(limits.silence ?? '14s'),
    rooms: limits.rooms ?? 10_000,
    drain: milliseconds(limits.drain ?? 0),
    stop: milliseconds(limits.stop ?? '10s'),
  }
  for (const [name, value] of numbersOf(full)) {
    const least = leastOf(name)
    if (!(value >= least && value < Infinity)) {
      const right = least === Number.MIN_VALUE ? 'above 0' : `from ${least}`
      throw new RangeError(`limits.${name}: ${value}: give a number ${right}`)
    }
  }
  if (!Number.isInteger(full.strikes.most))
    throw new RangeError(`limits.strikes.most: ${full.strikes.most}: give an integer`)
  if (full.silence <= full.ping) {
    throw new RangeError(
      `limits.silence (${full.silence} ms) must be longer than limits.ping (${full.ping} ms)`,
    )
  }
  return full
}

function leastOf(name: string): number {
  if (name === 'drain') return 0
  return name.endsWith('burst') || name === 'strikes.most' ? 1 : Number.MIN_VALUE
}

/** Gives every number of the limits with its name: `connections`, `frames.burst`. */
function numbersOf(limits: object, before = ''): [name: string, value: number][] {
  return Object.entries(limits).flatMap(([name, value]: [string, unknown]): [string, number][] => {
    if (typeof value === 'boolean') return []
    if (typeof value !== 'object' || value === null) return [[before + name, value as number]]
    return numbersOf(value, `${before}${name}.`)
  })
}
