import type { IncomingHttpHeaders } from 'node:http'

/** What a dial looks like before anybody knows who it is. */
export interface Dial {
  /** Name of the protocol in the address. */
  readonly protocol: string
  /** Code of the room that was dialled; '' for any. */
  readonly code: string
  /** Path and query of the request. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** Address of the client: the other end of the connection, or what the `proxies` say; '' on a Unix socket. */
  readonly address: string
}

/** What `auth` is asked about. Nothing in it is proven. */
export interface RequestInfo extends Dial {
  /** What the page gave to `join` as `ticket`; '' for none. */
  readonly ticket: string
}

/**
 * Says who a player is. Its answer is `seat.user`: plain data that structuredClone takes, or undefined.
 *
 * Return or throw a Refused (see `refuse`) to turn the player away; anything else thrown is logged and told as DENIED.
 */
export type Auth = (request: RequestInfo) => unknown
