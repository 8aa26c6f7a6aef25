import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { codes, refuse } from '../../core/errors.ts'
import { close } from '../../core/pipe.ts'
import type { Traffic } from '../metrics/traffic.ts'
import type { FindSender, Sender } from './address.ts'
import type { Dial } from './auth.ts'
import { type Ban, type Bans, wordsOf } from './bans.ts'
import { createDoor, type Stay, type TurnedAway } from './door.ts'
import { type Drain, type DrainGiven, startDrain } from './drain.ts'
import { sharedFraming } from './frame.ts'
import { isWelcome } from './headers.ts'
import { type Line, SocketLine } from './line.ts'
import { route } from './route.ts'
import { openSession, type Session, type SessionGiven } from './session.ts'

/** What sockets are taken in with. */
export interface SocketGiven extends Omit<SessionGiven, 'drain'>, DrainGiven {
  /** '' or e.g. '/game': everything is below it. */
  readonly base: string
  readonly bans: Bans
  readonly findSender: FindSender
  /** Origins whose pages may dial, besides those of this host. */
  readonly origins: ReadonlySet<string>
}

/** Takes WebSockets in and keeps count of them. */
export interface SocketSide {
  /** Whether a request is a dial below the base. */
  owns(request: IncomingMessage): boolean
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly connections: number
  /** Ends the sockets of who has just been banned. */
  readonly expel: (key: string, ban: Ban) => void
  /** Lets nobody in, and sends everybody away one by one. Resolves when it is over: after `within` ms, or before. */
  drain(within: number): Promise<void>
  /** Refuses whoever comes from now on: HTTP 503. Ends a drain. */
  refuse(): void
  /** Closes every socket with AGAIN. Resolves when all are gone, which takes at most `LINGER`. */
  readonly close: () => Promise<void>
  /** Cuts what is still there. */
  readonly cut: () => void
}

interface Client {
  readonly line: Line
  readonly session: Session
  readonly stay: Stay
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
  // Answered by the line: ws would cut who sends many at once, without the code that says why.
  autoPong: false,
  // A message of the greatest size in reads of a few bytes each.
  maxBufferedChunks: 1024,
  // Not in @types/ws yet.
  closeTimeout: LINGER,
}

/** The clients whose sockets are open. */
interface Crowd {
  readonly clients: ReadonlySet<Client>
  readonly accept: (ws: WebSocket, socket: Duplex, dial: Dial, stay: Stay) => void
}

/** Makes a crowd: nobody yet. `emptied` is called whenever the last one has gone. */
function createCrowd(given: SessionGiven, emptied: () => void): Crowd {
  const clients = new Set<Client>()
  const framing = sharedFraming()
  function accept(ws: WebSocket, socket: Duplex, dial: Dial, stay: Stay): void {
    const line = new SocketLine(ws, socket, framing, (code, reason) => {
      if (code === close.REFUSED) stay.ending(reason)
    })
    const client = { line, stay, session: openSession(given, dial, line, stay) }
    clients.add(client)
    hear(ws, client, (why) => given.log('debug', 'not WebSocket', { why, address: dial.address }))
    ws.on('close', () => {
      clients.delete(client)
      client.session.lost()
      stay.leave()
      if (clients.size === 0) emptied()
    })
    if (stay.banned !== undefined) client.session.expel(stay.banned)
  }
  return { clients, accept }
}

/** Makes the WebSocket side of a gateway. */
export function socketSide(given: SocketGiven): SocketSide {
  const { base, limits } = given
  const server = new WebSocketServer({ ...options, maxPayload: limits.frameBytes })
  const door = createDoor(given)
  const { clients, accept } = createCrowd({ ...given, drain: () => drain }, () => {
    emptied?.()
    drain?.end()
  })
  let drain: Drain | undefined
  let refusing = false
  let emptied: (() => void) | undefined

  return {
    owns(request) {
      const upgrade = request.headers.upgrade?.toLowerCase()
      return upgrade === 'websocket' && route(request.url ?? '', base)?.to === 'room'
    },
    upgrade(request, socket, head) {
      const sender = given.findSender(request.socket.remoteAddress, request.headers)
      const dial = dialOf(request, base, sender)
      if (dial === undefined) return turnAway(socket, noRoom, given.traffic)
      const no = refusing ? stopping : (door.dial(sender) ?? foreign(given, request))
      if (no !== undefined) return turnAway(socket, no, given.traffic)
      server.handleUpgrade(request, socket, head, (ws) => accept(ws, socket, dial, door.enter(sender)))
    },
    get connections() {
      return clients.size
    },
    expel(key, ban) {
      const reason = refuse('BANNED', wordsOf(ban))
      for (const { session, stay } of clients) if (stay.keys.includes(key)) session.expel(reason)
    },
    drain(within) {
      drain ??= startDrain(given, clients, within)
      return drain.done
    },
    refuse() {
      refusing = true
      drain?.end()
    },
    async close() {
      refusing = true
      if (clients.size === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      emptied = resolve
      for (const { line } of clients) line.close(close.AGAIN, 'STOPPING')
      await promise
    },
    cut() {
      for (const { line } of clients) line.cut()
    },
  }
}

const stopping: TurnedAway = { status: 503, words: codes.STOPPING }
const noRoom: TurnedAway = { status: 404, words: 'Rooms are at /r/<protocol>.' }

/** Hands what a socket hears to its session. `broken` is told why what came is no WebSocket. */
function hear(ws: WebSocket, { line, session, stay }: Client, broken: (why: string) => void): void {
  ws.on('message', (data, isBinary) => {
    if (isBinary) session.receive(data as Buffer)
    else session.text()
  })
  ws.on('ping', (data) => {
    session.ping()
    line.pong(data)
  })
  ws.on('pong', session.pong)
  // ws has answered with a close frame of its own (1002, 1007, 1008, 1009); 'close' follows.
  ws.on('error', ({ message }) => {
    broken(message)
    stay.ending('MALFORMED')
  })
}

/** Reads what is dialled. Undefined: no room. */
function dialOf({ url = '', headers }: IncomingMessage, base: string, { address }: Sender): Dial | undefined {
  const asked = route(url, base)
  return asked?.to === 'room'
    ? { protocol: asked.protocol, code: asked.code, url, headers, address }
    : undefined
}

/** Says why a page of another origin may not dial. */
function foreign({ origins, log }: SocketGiven, { headers }: IncomingMessage): TurnedAway | undefined {
  if (isWelcome(headers, origins)) return undefined
  const { origin, host } = headers
  log('warn', 'refused a page of another origin', { origin, host })
  return { status: 403, words: `Pages of ${origin} may not dial here; name it in \`origins\`.` }
}

/** Answers an upgrade that is not wanted, with words, and ends the connection. */
function turnAway(socket: Duplex, { status, words, retryAfter }: TurnedAway, traffic: Traffic): void {
  traffic.turned(`HTTP_${status}`)
  const body = `${words}\n`
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
      'Content-Type: text/plain; charset=utf-8',
      'X-Content-Type-Options: nosniff',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
