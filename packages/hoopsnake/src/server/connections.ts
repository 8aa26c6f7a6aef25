import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { plainAddress } from './gateway/address.ts'
import type { Warn } from './gateway/seldom.ts'

/**
 * Keeps the TCP connections of a server at `most`: one more costs the one its place that has asked nothing for the
 * longest time.
 *
 * Whoever refuses the newcomer instead lets anybody in who only holds connections, and nobody else. A browser asks at
 * once, and WebSockets stay: they have limits of their own.
 */
export function boundConnections(server: HttpServer, most: number, warn: Warn): void {
  const open = new Set<Socket>()
  /** Those that are no WebSocket, in the order in which they last asked. */
  const idle = new Set<Socket>()
  const forget = (socket: Socket): void => {
    open.delete(socket)
    idle.delete(socket)
  }
  server.on('connection', (socket) => {
    open.add(socket)
    idle.add(socket)
    socket.once('close', () => forget(socket))
    if (open.size <= most) return
    const [oldest = socket] = idle
    warn('too many connections: the idlest is closed for each that comes', {
      address: plainAddress(oldest.remoteAddress ?? ''),
    })
    forget(oldest)
    oldest.destroy()
  })
  server.on('request', ({ socket }) => {
    if (idle.delete(socket)) idle.add(socket)
  })
  server.on('upgrade', ({ socket }: IncomingMessage) => void idle.delete(socket))
}

/** Files that are kept free: for the store, the page, and threads. */
const RESERVED = 100

/** Gives how many connections the system lets this process have; Infinity where it does not say. */
export function connectionsAllowed(): number {
  try {
    const [, files] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return files === undefined ? Infinity : Math.max(Number(files) - RESERVED, 1)
  } catch {
    return Infinity
  }
}
