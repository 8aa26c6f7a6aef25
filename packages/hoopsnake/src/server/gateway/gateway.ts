import type { FindFile } from './files.ts'
import { httpSide } from './http.ts'
import type { SessionGiven } from './session.ts'
import { type SocketSide, socketSide } from './socket.ts'
import type { Tenant } from './attach.ts'

/** What a gateway is made of. */
export interface GatewayGiven extends SessionGiven {
  /** '' or e.g. '/game': everything is below it. */
  readonly base: string
  readonly files: FindFile | undefined
  readonly protocols: ReadonlySet<string>
  /** Origins whose pages may dial, besides those of this host. */
  readonly origins: ReadonlySet<string>
  /** Counts for `/healthz`. */
  readonly counts: () => Readonly<Record<string, number>>
}

/** HTTP and WebSocket on one port. */
export interface Gateway extends Tenant, Pick<SocketSide, 'refuse' | 'close' | 'cut'> {
  readonly connections: number
}

/** Makes a gateway. It listens to nothing by itself. */
export function createGateway(given: GatewayGiven): Gateway {
  let refusing = false
  const sockets = socketSide(given)
  const http = httpSide({
    ...given,
    health: () => ({ ok: !refusing, connections: sockets.connections, ...given.counts() }),
  })
  return {
    ownsRequest: (request) => http.owns(request.url ?? ''),
    ownsUpgrade: (request) => sockets.owns(request),
    request: http.answer,
    upgrade: sockets.upgrade,
    get connections() {
      return sockets.connections
    },
    refuse() {
      refusing = true
      sockets.refuse()
    },
    close: sockets.close,
    cut: sockets.cut,
  }
}
