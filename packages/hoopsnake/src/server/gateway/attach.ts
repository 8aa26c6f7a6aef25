import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Takes what is its own of the traffic of an HTTP server. */
export interface Tenant {
  ownsRequest(request: IncomingMessage): boolean
  ownsUpgrade(request: IncomingMessage): boolean
  readonly request: (request: IncomingMessage, response: ServerResponse) => void
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** Where an HTTP server can be led another way. */
interface Seams {
  emit: (this: HttpServer, event: string | symbol, ...args: unknown[]) => boolean
  shouldUpgradeCallback?: (this: HttpServer, request: IncomingMessage) => boolean
}

/**
 * Puts a tenant in front of whatever listens to a server, and returns the way to take it off again.
 *
 * Done on `emit`, not with listeners: a listener cannot keep an event from the others, and the usual one for upgrades
 * ends every socket it does not know. So what is ours reaches nobody else, and what is not ours reaches the others as
 * if we were not there, whether they came before or after.
 */
export function attach(server: HttpServer, tenant: Tenant): () => void {
  const guarded: Seams = server as never
  const { emit, shouldUpgradeCallback: others } = guarded
  let attached = true
  // Node ends an upgrade that nobody listens for; `front` is what hears it.
  const listener = (): void => {}
  server.on('upgrade', listener)
  const shouldUpgrade = function (this: HttpServer, request: IncomingMessage): boolean {
    if (attached && tenant.ownsUpgrade(request)) return true
    // Where they have no listener for upgrades, theirs are plain requests; ours is not to be counted for them.
    server.off('upgrade', listener)
    const theirs = others?.call(this, request) ?? false
    if (attached) server.on('upgrade', listener)
    return theirs
  }
  const front = function (this: HttpServer, event: string | symbol, ...args: unknown[]): boolean {
    const [request, second, third] = args
    if (attached && event === 'request' && tenant.ownsRequest(request as IncomingMessage)) {
      tenant.request(request as IncomingMessage, second as ServerResponse)
      return true
    }
    if (attached && event === 'upgrade' && tenant.ownsUpgrade(request as IncomingMessage)) {
      tenant.upgrade(request as IncomingMessage, second as Duplex, third as Buffer)
      return true
    }
    return emit.call(this, event, ...args)
  }
  guarded.emit = front
  guarded.shouldUpgradeCallback = shouldUpgrade
  return () => {
    attached = false
    server.off('upgrade', listener)
    // Somebody may have put a front of their own before ours; then ours stays, and lets everything through.
    if (guarded.emit === front) guarded.emit = emit
    if (guarded.shouldUpgradeCallback === shouldUpgrade && others) guarded.shouldUpgradeCallback = others
  }
}
