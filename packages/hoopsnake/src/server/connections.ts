import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'
import { plainAddress } from './gateway/address.ts'
import type { FullLimits } from './gateway/limits.ts'
import type { Warn } from './gateway/seldom.ts'

/**
 * Keeps the TCP connections of a server at `most`, of which so many are WebSockets as `sockets` says: one more costs the
 * one its place that has asked nothing for the longest time.
 *
 * Whoever refuses the newcomer instead lets anybody in who only holds connections, and nobody else. A browser asks at
 * once, and WebSockets stay: they have limits of their own.
 */
export function boundConnections(server: HttpServer, most: number, sockets: () => number, warn: Warn): void {
  /** Those that are no WebSocket, in the order in which they last asked. */
  const idle = new Set<Socket>()
  function closed(this: Socket): void {
    idle.delete(this)
  }
  server.on('connection', (socket) => {
    idle.add(socket)
    socket.on('close', closed)
    if (idle.size + sockets() <= most) return
    const [oldest = socket] = idle
    warn('too many connections: the idlest is closed for each that comes', {
      address: plainAddress(oldest.remoteAddress ?? ''),
    })
    idle.delete(oldest)
    oldest.destroy()
  })
  server.on('request', ({ socket }) => {
    if (idle.delete(socket)) idle.add(socket)
  })
  server.on('upgrade', ({ socket }: IncomingMessage) => {
    idle.delete(socket)
    // There are thousands: they keep nothing that they do not need.
    socket.off('close', closed)
  })
}

/** What a server has room for at once. */
export interface Capacity {
  readonly sockets: number
  /** TCP connections, sockets included, if it has a port of its own. */
  readonly connections: number
  /** Answers to HTTP requests, each of which may hold a file open. */
  readonly answers: number
}

/** Files that are kept free: for the store, and threads. */
const RESERVED = 100

/** Gives what there is room for: what the limits say, or less where the system lets a process open fewer files. */
export function capacityFor({ connections, entering }: FullLimits): Capacity {
  const files = Math.max(openFiles() - RESERVED, 10)
  return {
    sockets: Math.min(connections, Math.floor(files * 0.7)),
    connections: Math.min(connections + entering, Math.floor(files * 0.8)),
    answers: Math.min(entering, Math.floor(files * 0.2)),
  }
}

/** Gives how many files this process may have open; Infinity where the system does not say. */
function openFiles(): number {
  try {
    const [, most] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return most === undefined ? Infinity : Number(most)
  } catch {
    return Infinity
  }
}
