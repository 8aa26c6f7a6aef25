import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Bus } from '../core/bus.ts'
import type { Rooms } from '../core/kind.ts'
import type { Log } from '../core/log.ts'
import { memoryStore, type Store } from '../core/store.ts'
import { type FindSender, type Proxies, senderFinder } from './gateway/address.ts'
import type { Auth } from './gateway/auth.ts'
import { originSet } from './gateway/headers.ts'
import { type FullLimits, fullLimits, type Limits } from './gateway/limits.ts'
import { type Guard, operatorGuard, type OperatorOptions } from './gateway/operator.ts'
import { baseOf } from './gateway/route.ts'
import type { JobPool } from './jobs/pool.ts'
import { plainLog } from './log.ts'
import { inline } from './place/inline.ts'
import type { Place } from './place/place.ts'
import { keysOf } from './seal.ts'

/** What `serve` is told. Only `rooms` is due. */
export interface ServeOptions {
  /** `export default rooms(import.meta.url, { … })` of the module that has them. */
  readonly rooms: Rooms
  /** Where the rooms run. Default `inline()`: in this thread. */
  readonly place?: Place | undefined
  /** What outlives a room. Default `memoryStore()`, which forgets everything at the end. Closed by `stop`. */
  readonly store?: Store | undefined
  /** How servers talk. Default `memoryBus`: within this server. Closed by `stop`. */
  readonly bus?: Bus | undefined
  /** Where heavy work is done: `jobThreads(…)` or `jobProcesses(…)`. Default: nowhere, it is refused. Stopped by `stop`. */
  readonly jobs?: JobPool | undefined
  /** The folder of the page: `new URL('./dist/', import.meta.url)`. Default: no page. */
  readonly assets?: URL | undefined
  /** Default 8080; 0 is any free one. */
  readonly port?: number | undefined
  /** Default: every address of this machine. */
  readonly host?: string | undefined
  /** A server that exists, and listens by itself, in place of `port` and `host`. Its other paths are left alone. */
  readonly server?: HttpServer | HttpsServer | undefined
  /** Below which everything is; default '/'. */
  readonly path?: string | undefined
  /**
   * Origins whose pages may dial, read the list of rooms and frame the page, besides those of this host, e.g.
   * `['https://example.com']`. Exactly these: there are no wildcards. See `itchOrigins` and `discordOrigins`.
   */
  readonly origins?: readonly string[] | undefined
  /**
   * How many proxies stand in front of the server, or their addresses and networks: what they say of the client in
   * `x-forwarded-for` is believed, and nobody else. Default 0: the header is ignored.
   */
  readonly proxies?: Proxies | undefined
  /** Says who a player is. Default: nobody is anybody. */
  readonly auth?: Auth | undefined
  /**
   * What signs the tokens by which players come back to their seats: at least 16 characters. Of several, the first
   * signs and all are accepted: put a new one in front, and take the old one out 30 days later. Default: one that is
   * made once and kept in `store`.
   */
  readonly secret?: string | readonly string[] | undefined
  readonly limits?: Limits | undefined
  /** Who may read `/metrics`. Default: this machine, by http://localhost. */
  readonly operator?: OperatorOptions | undefined
  /**
   * Whether ticks are timed to a tenth of a millisecond instead of one. Default false. It blocks the rooms' thread for
   * up to 1.2 ms before each tick.
   */
  readonly precise?: boolean | undefined
  /** Default: one line per entry on standard error. */
  readonly log?: Log | undefined
  /** Whether SIGTERM and SIGINT stop the server. Default: yes, unless `server` is given. */
  readonly signals?: boolean | undefined
}

/** Options with every default filled in. */
export interface FullOptions {
  readonly rooms: Rooms
  readonly place: Place
  readonly store: Store
  /** undefined: within this server. */
  readonly bus: Bus | undefined
  readonly jobs: JobPool | undefined
  readonly assets: URL | undefined
  /** An address to listen on, or a server to attach to. */
  readonly at:
    | { readonly port: number; readonly host: string | undefined }
    | { readonly server: HttpServer | HttpsServer }
  readonly base: string
  readonly origins: ReadonlySet<string>
  readonly findSender: FindSender
  readonly auth: Auth | undefined
  /** undefined: the one that the store keeps. */
  readonly secret: readonly string[] | undefined
  readonly limits: FullLimits
  readonly operator: Guard
  readonly precise: boolean
  readonly log: Log
  readonly signals: boolean
}

/** Fills the defaults in. Throws with words on options that make no sense, or none together. */
export function fullOptions(options: ServeOptions): FullOptions {
  const { rooms, server, port, host, assets } = options
  if (!(rooms?.kinds instanceof Map)) {
    throw new TypeError(
      'rooms: give what `rooms(import.meta.url, { … })` made, the default export of your rooms module',
    )
  }
  if (server !== undefined && (port !== undefined || host !== undefined)) {
    throw new TypeError('`server` listens by itself: give either `server`, or `port` and `host`')
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new RangeError(`port: ${port} is none; give 0 (any free one) to 65535`)
  }
  if (assets !== undefined && !(assets instanceof URL)) {
    throw new TypeError("assets: give a URL of a folder: new URL('./dist/', import.meta.url)")
  }
  return {
    rooms,
    place: options.place ?? inline(),
    store: options.store ?? memoryStore(),
    bus: options.bus,
    jobs: options.jobs,
    assets,
    at: server === undefined ? { port: port ?? 8080, host } : { server },
    base: baseOf(options.path ?? '/'),
    origins: originSet(options.origins ?? []),
    findSender: senderFinder(options.proxies),
    auth: options.auth,
    secret: keysOf(options.secret),
    limits: fullLimits(options.limits),
    operator: operatorGuard(options.operator),
    precise: options.precise ?? false,
    log: options.log ?? plainLog(),
    signals: options.signals ?? server === undefined,
  }
}
