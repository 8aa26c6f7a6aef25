import type { FindFile } from './files.ts'
import { httpSide } from './http.ts'
import { type SocketGiven, type SocketSide, socketSide } from './socket.ts'
import type { Tenant } from './attach.ts'
import { createTurnstile } from './turnstile.ts'

/** What a gateway is made of. */
export interface GatewayGiven extends Omit<SocketGiven, 'turnstile'> {
  readonly files: FindFile | undefined
  readonly protocols: ReadonlySet<string>
  /** Counts for `/healthz`. */
  readonly counts: () => Readonly<Record<string, number>>
}

/** HTTP and WebSocket on one port. */
export interface Gateway extends Tenant, Pick<SocketSide, 'refuse' | 'close' | 'cut' | 'expel'> {
  readonly connections: number
}

/** Makes a gateway. It listens to nothing by itself. */
export function createGateway(given: GatewayGiven): Gateway {
  let refusing = false
  const sockets = socketSide({ ...given, turnstile: createTurnstile(given.limits.arrivals) })
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
    expel: sockets.expel,
    close: sockets.close,
    cut: sockets.cut,
  }
}
