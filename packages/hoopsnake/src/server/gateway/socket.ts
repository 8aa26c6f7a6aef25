import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { codes } from '../../core/errors.ts'
import { close } from '../../core/pipe.ts'
import type { Dial } from './auth.ts'
import { sharedFraming } from './frame.ts'
import { isWelcome } from './headers.ts'
import { type Line, socketLine } from './line.ts'
import { route } from './route.ts'
import { openSession, type Session, type SessionGiven } from './session.ts'

/** What sockets are taken in with. */
export interface SocketGiven extends SessionGiven {
  readonly base: string
  readonly origins: ReadonlySet<string>
}

/** Takes WebSockets in and keeps count of them. */
export interface SocketSide {
  /** Whether a request is a dial below the base. */
  owns(request: IncomingMessage): boolean
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly connections: number
  /** Refuses whoever comes from now on: HTTP 503. */
  refuse(): void
  /** Closes every socket with AGAIN. Resolves when all are gone, which takes at most `LINGER`. */
  readonly close: () => Promise<void>
  /** Cuts what is still there. */
  readonly cut: () => void
}

/** How long, in ms, a client has to answer a close frame; then it is cut. */
const LINGER = 3000

const options = {
  noServer: true,
  clientTracking: false,
  // Off: it costs memory per client, and compressing secrets beside what others choose leaks them (CRIME).
  perMessageDeflate: false,
  handleProtocols: () => false as const,
  // No frame of ours is fragmented; a little patience for proxies that do it.
  maxFragments: 16,
  // A message of the greatest size in reads of a few bytes each.
  maxBufferedChunks: 1024,
  // Not in @types/ws yet.
  closeTimeout: LINGER,
}

/** Makes the WebSocket side of a gateway. */
export function socketSide(given: SocketGiven): SocketSide {
  const { base, limits } = given
  const server = new WebSocketServer({ ...options, maxPayload: limits.frameBytes })
  const lines = new Set<Line>()
  const framing = sharedFraming()
  let refusing = false
  let emptied: (() => void) | undefined

  function accept(ws: WebSocket, socket: Duplex, dial: Dial): void {
    const line = socketLine(ws, socket, framing)
    lines.add(line)
    const session = openSession(given, dial, line)
    hear(ws, session)
    ws.on('close', () => {
      lines.delete(line)
      session.lost()
      if (lines.size === 0) emptied?.()
    })
    // ws has answered with a close frame of its own (1002, 1007, 1009); 'close' follows.
    ws.on('error', ({ message }) =>
      given.log('debug', 'not WebSocket', { why: message, address: dial.address }),
    )
  }

  return {
    owns(request) {
      const upgrade = request.headers.upgrade?.toLowerCase()
      return upgrade === 'websocket' && route(request.url ?? '', base)?.to === 'room'
    },
    upgrade(request, socket, head) {
      const { url = '', headers } = request
      const asked = route(url, base)
      if (asked?.to !== 'room') return turnAway(socket, 404, 'Rooms are at /r/<protocol>.')
      if (refusing) return turnAway(socket, 503, codes.STOPPING)
      if (lines.size >= limits.connections) return turnAway(socket, 503, codes.SERVER_FULL)
      if (!isWelcome(headers, given.origins)) {
        given.log('warn', 'refused a page of another origin', { origin: headers.origin, host: headers.host })
        return turnAway(socket, 403, `Pages of ${headers.origin} may not dial here; name it in \`origins\`.`)
      }
      const { protocol, code } = asked
      const dial = { protocol, code, url, headers, address: request.socket.remoteAddress ?? '' }
      server.handleUpgrade(request, socket, head, (ws) => accept(ws, socket, dial))
    },
    get connections() {
      return lines.size
    },
    refuse() {
      refusing = true
    },
    async close() {
      refusing = true
      if (lines.size === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      emptied = resolve
      for (const line of lines) line.close(close.AGAIN, 'STOPPING')
      await promise
    },
    cut() {
      for (const line of lines) line.cut()
    },
  }
}

/** Hands what a socket hears to its session. */
function hear(ws: WebSocket, session: Session): void {
  ws.on('message', (data, isBinary) => {
    const { buffer, byteOffset, byteLength } = data as Buffer
    // A plain view: `slice` of a Buffer would share what `slice` of a Uint8Array copies.
    if (isBinary) session.receive(new Uint8Array(buffer, byteOffset, byteLength))
    else session.text()
  })
  ws.on('ping', session.beat)
  ws.on('pong', session.beat)
}

/** Answers an upgrade that is not wanted, with words, and ends the connection. */
function turnAway(socket: Duplex, status: number, words: string): void {
  const body = `${words}\n`
  const names: Record<number, string> = { 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' }
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${names[status]}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      'X-Content-Type-Options: nosniff',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
