import { type Duration, milliseconds } from '../../core/clock.ts'

/** What the gateway allows a client. Every limit has a default that suits a game. */
export interface Limits {
  /** Sockets at once; one more is answered HTTP 503. Default 10,000. */
  readonly connections?: number
  /** Bytes of a message from a client; a longer one ends the connection (1009), unread. Default 4,096. */
  readonly frameBytes?: number
  /** Messages and pings of one connection; beyond, it is refused with FLOOD. Default 100 per second, 200 at once. */
  readonly frames?: { readonly perSecond: number; readonly burst: number }
  /**
   * From the upgrade until the client is in, `auth` included; beyond, it is refused with TOO_SLOW. Also for the head of
   * a request, 408 beyond. Default '5s'.
   */
  readonly handshake?: Duration
  /** How often a client is pinged. Default '5s'. */
  readonly ping?: Duration
  /** Without any sign of life for so long, the connection is cut. Default '15s'. */
  readonly silence?: Duration
  /** Rooms at once; a dial that would open another is refused with SERVER_FULL. Saved ones open again all the same. Default 10,000. */
  readonly rooms?: number
  /** How long a graceful stop may take; then everything is cut. Default '10s'. */
  readonly stop?: Duration
}

/** Limits with every default filled in, in bytes and milliseconds. */
export interface FullLimits {
  readonly connections: number
  readonly frameBytes: number
  readonly frames: { readonly perSecond: number; readonly burst: number }
  readonly handshake: number
  readonly ping: number
  readonly silence: number
  readonly rooms: number
  readonly stop: number
}

/** Fills the defaults in. Throws RangeError on a limit that is none, naming it. */
export function fullLimits(limits: Limits = {}): FullLimits {
  const full = {
    connections: limits.connections ?? 10_000,
    frameBytes: limits.frameBytes ?? 4096,
    frames: limits.frames ?? { perSecond: 100, burst: 200 },
    handshake: milliseconds(limits.handshake ?? '5s'),
    ping: milliseconds(limits.ping ?? '5s'),
    silence: milliseconds(limits.silence ?? '15s'),
    rooms: limits.rooms ?? 10_000,
    stop: milliseconds(limits.stop ?? '10s'),
  }
  const { frames, ...plain } = full
  const numbers = { ...plain, 'frames.perSecond': frames.perSecond, 'frames.burst': frames.burst }
  for (const [name, value] of Object.entries(numbers)) {
    if (!(value > 0 && value < Infinity))
      throw new RangeError(`limits.${name}: ${value}: give a number above 0`)
  }
  if (full.silence <= full.ping) {
    throw new RangeError(
      `limits.silence (${full.silence} ms) must be longer than limits.ping (${full.ping} ms)`,
    )
  }
  return full
}
