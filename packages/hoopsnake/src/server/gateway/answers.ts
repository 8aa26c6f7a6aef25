import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { plainAddress } from './address.ts'
import type { Warn } from './seldom.ts'

/** The answers to HTTP requests that are under way: each may hold a file and what of it waits to be read. */
export interface Answers {
  /** Counts an answer until it is given, or its connection gone. False: the connection was ended, for it asks too much. */
  begin(response: ServerResponse): boolean
}

/** Requests of one connection that wait for their answers. Browsers wait for one before they ask again. */
const MOST_WAITING = 16

/**
 * Keeps answers within bounds: of more than `most` the one that has been under way for the longest time is cut, with
 * its connection. Most are over at once, so that it is one whose client does not read.
 */
export function createAnswers(most: number, warn: Warn): Answers {
  const underWay = new Set<ServerResponse>()
  const byConnection = new WeakMap<Socket, Set<ServerResponse>>()

  /** Gives those that a connection waits for. */
  function waitingOf(socket: Socket): Set<ServerResponse> {
    const known = byConnection.get(socket)
    if (known !== undefined) return known
    const waiting = new Set<ServerResponse>()
    byConnection.set(socket, waiting)
    // Node does not close those that are not their connection's turn yet.
    socket.once('close', () => waiting.forEach((response) => underWay.delete(response)))
    return waiting
  }
  function cut(socket: Socket, why: string): void {
    warn(why, { address: plainAddress(socket.remoteAddress ?? '') })
    socket.destroy()
  }
  return {
    begin(response) {
      const { socket } = response.req
      if (socket.destroyed) return false
      const waiting = waitingOf(socket)
      if (waiting.size >= MOST_WAITING) {
        cut(socket, `cut who asks on while ${MOST_WAITING} answers wait`)
        return false
      }
      waiting.add(response)
      underWay.add(response)
      response.once('close', () => {
        waiting.delete(response)
        underWay.delete(response)
      })
      if (underWay.size <= most) return true
      const [oldest = response] = underWay
      underWay.delete(oldest)
      cut(oldest.req.socket, 'too many answers are under way: the oldest is cut for each that comes')
      return oldest !== response
    },
  }
}
