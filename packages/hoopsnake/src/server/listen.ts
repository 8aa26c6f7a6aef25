import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { Tenant } from './gateway/attach.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { boundConnections, type Capacity } from './connections.ts'
import type { FullLimits } from './gateway/limits.ts'
import { seldom } from './gateway/seldom.ts'

/** Where to listen. */
export interface Address {
  /** 0: any free one. */
  readonly port: number
  readonly host: string | undefined
}

/** What our own HTTP server is made with. */
interface OwnGiven {
  readonly limits: FullLimits
  readonly capacity: Capacity
  readonly clock: Clock
  readonly log: Log
}

/**
 * Makes an HTTP server that is the tenant's alone. Who has not sent the head of a request within `handshake` after
 * connecting is answered 408: a browser sends it in one go.
 */
export function ownServer(
  tenant: Tenant & { readonly connections: number },
  { limits, capacity, ...given }: OwnGiven,
): HttpServer {
  const ms = Math.ceil(limits.handshake)
  const server = createServer(
    {
      headersTimeout: ms,
      requestTimeout: 2 * ms,
      connectionsCheckingInterval: Math.min(ms, 1000),
      keepAliveTimeout: 5000,
      maxHeaderSize: 16_384,
      // An upgrade to anything else is answered as the plain request it is too.
      shouldUpgradeCallback: (request) => tenant.ownsUpgrade(request),
    },
    tenant.request,
  )
  // For who does not read an answer. Not as `server.timeout`: each WebSocket would keep a timer that was called off.
  server.on('request', ({ socket }) => void socket.setTimeout(Math.ceil(limits.silence)))
  // Of a tunnel to elsewhere Node says nothing by itself.
  server.on('connect', (_request, socket) => socket.end(noTunnel))
  // Sockets, and beside them those who dial or ask for a file: whoever sends no request at all is bounded too.
  boundConnections(server, capacity.connections, () => tenant.connections, seldom(given))
  server.on('upgrade', tenant.upgrade)
  return server
}

const noTunnel =
  'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** Connections that may wait to be taken in, as far as the system lets us: a herd comes back all at once. */
const BACKLOG = 4096

/** Starts listening. Rejects with words on a port that cannot be had. */
export async function listen(server: HttpServer, { port, host }: Address): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ port, backlog: BACKLOG, ...(host === undefined ? {} : { host }) }, resolve)
  try {
    await promise
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, { port, host })
  } finally {
    server.off('error', reject)
  }
}

function explain(error: NodeJS.ErrnoException, { port, host }: Address): Error {
  const words: Record<string, string> = {
    EADDRINUSE: `port ${port} is taken by another program. Stop that one, or choose another port: serve({ port: 0 }) takes any free one`,
    EACCES: `port ${port} may not be used by this user. Choose one above 1023, e.g. serve({ port: 8080 })`,
    EADDRNOTAVAIL: `this machine has no address '${host}'. Leave \`host\` out to listen on all of them`,
    ENOTFOUND: `there is no host '${host}'. Leave \`host\` out to listen on all addresses of this machine`,
  }
  const why = words[error.code ?? '']
  return why === undefined ? error : Object.assign(new Error(why, { cause: error }), { code: error.code })
}

/** Gives the port a server listens on; 0 while it does not. */
export function portOf(server: HttpServer): number {
  return (server.address() as AddressInfo | null)?.port ?? 0
}

/** Gives the address to open in a browser of this machine; '' while the server does not listen. */
export function urlOf(server: HttpServer, host: string | undefined, base: string): string {
  const port = portOf(server)
  if (port === 0) return ''
  const scheme = server instanceof TlsServer ? 'https' : 'http'
  // 0.0.0.0 and :: mean every address; that is not one to go to.
  const name =
    host === undefined || ['0.0.0.0', '::'].includes(host)
      ? 'localhost'
      : host.includes(':')
        ? `[${host}]`
        : host
  return `${scheme}://${name}:${port}${base}/`
}

/** Closes the port, and the connections that are still open. Upgraded ones are the gateway's. */
export async function closeServer(server: HttpServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  await promise
}
