import { createTimer } from '../../core/timer.ts'
import { coarseClock } from '../clock.ts'
import type { Capacity } from '../connections.ts'
import { createAnswers } from './answers.ts'
import type { Bans } from './bans.ts'
import { createLists } from './lists.ts'
import { seldom } from './seldom.ts'
import { createDoor } from './door.ts'
import type { Gate } from '../metrics/operation.ts'
import type { FindFile } from './files.ts'
import { httpSide, type HttpGiven } from './http.ts'
import { type SocketGiven, type SocketSide, socketSide } from './socket.ts'
import type { Tenant } from './attach.ts'
import { createTurnstile } from './turnstile.ts'

/** What a gateway is made of. */
export interface GatewayGiven
  extends Omit<SocketGiven, 'turnstile' | 'timer' | 'door'>, Pick<HttpGiven, 'operation' | 'operator'> {
  readonly bans: Bans
  readonly capacity: Pick<Capacity, 'answers'>
  readonly files: FindFile | undefined
  readonly protocols: ReadonlySet<string>
}

/** HTTP and WebSocket on one port. */
export interface Gateway extends Tenant, Pick<SocketSide, 'drain' | 'refuse' | 'close' | 'cut' | 'expel'> {
  readonly connections: number
}

/**
 * How late pings and deadlines of clients may be, as a share of the time between pings: 50 ms of 5 s. A thousand clients
 * are looked after with twenty wake-ups a second; with fewer, those who came in a storm would all be pinged at once, and
 * hold up a tick.
 */
const GRAIN = 1 / 100

/** Makes a gateway. It listens to nothing by itself. */
export function createGateway(given: GatewayGiven): Gateway {
  let phase: Gate['phase'] = 'open'
  const door = createDoor(given)
  const sockets = socketSide({
    ...given,
    door,
    turnstile: createTurnstile(given.limits.arrivals),
    timer: createTimer(coarseClock(given.clock, GRAIN * given.limits.ping)),
  })
  const http = httpSide({
    ...given,
    door,
    answers: createAnswers(given.capacity.answers, seldom(given)),
    lists: createLists(given.link, given.clock),
    gate: () => ({ phase, connections: sockets.connections }),
  })
  return {
    ownsRequest: (request) => http.owns(request.url ?? ''),
    ownsUpgrade: (request) => sockets.owns(request),
    request: http.answer,
    upgrade: sockets.upgrade,
    get connections() {
      return sockets.connections
    },
    drain(within) {
      phase = 'draining'
      return sockets.drain(within)
    },
    refuse() {
      phase = 'stopping'
      sockets.refuse()
    },
    expel: sockets.expel,
    close: sockets.close,
    cut: sockets.cut,
  }
}
