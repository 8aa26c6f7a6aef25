import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { codes, refuse } from '../../core/errors.ts'
import { close } from '../../core/pipe.ts'
import type { Traffic } from '../metrics/traffic.ts'
import type { FindSender, Sender } from './address.ts'
import type { Dial } from './auth.ts'
import { type Ban, wordsOf } from './bans.ts'
import type { Door, Stay, TurnedAway } from './door.ts'
import { type Drain, type DrainGiven, startDrain } from './drain.ts'
import { Framing } from './frame.ts'
import { isWelcome } from './headers.ts'
import { SocketLine } from './line.ts'
import { route } from './route.ts'
import { Session, type SessionGiven, whence } from './session.ts'
import { createShortcut } from './shortcut.ts'

/** What sockets are taken in with. */
export interface SocketGiven extends Omit<SessionGiven, 'drain'>, DrainGiven {
  /** '' or e.g. '/game': everything is below it. */
  readonly base: string
  readonly door: Door
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

/**
 * A WebSocket of ours, with what belongs to it.
 *
 * It hears itself what ws says of it. With listeners, each client would have a table of them: the same five, a thousand
 * times over.
 */
class ClientSocket extends WebSocket {
  line!: SocketLine
  session!: Session
  crowd!: Crowd

  /** Whoever closes it, ws or we: nothing may be written behind the close frame. */
  override close(code?: number, reason?: string | Buffer): void {
    this.line.shut()
    super.close(code, reason)
  }

  override emit(event: string | symbol, what?: unknown, isBinary?: unknown): boolean {
    switch (event) {
      case 'message':
        if (isBinary === true) this.session.receive(what as Buffer)
        else this.session.text()
        return true
      case 'ping':
        this.session.ping()
        this.line.pong(what as Buffer)
        return true
      case 'pong':
        this.session.pong()
        return true
      case 'error':
        this.crowd.broken(this, what as Error)
        return true
      case 'close':
        this.crowd.closed(this)
        return true
      default:
        return false
    }
  }
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
  WebSocket: ClientSocket,
  // Not in @types/ws yet.
  closeTimeout: LINGER,
}

/** The clients whose sockets are open. */
interface Crowd {
  readonly clients: ReadonlySet<ClientSocket>
  readonly accept: (client: ClientSocket, socket: Duplex, dial: Dial, stay: Stay) => void
  readonly broken: (client: ClientSocket, error: Error) => void
  readonly closed: (client: ClientSocket) => void
}

/** Makes a crowd: nobody yet. `emptied` is called whenever the last one has gone. */
function createCrowd(given: SessionGiven, emptied: () => void): Crowd {
  const clients = new Set<ClientSocket>()
  const framing = new Framing()
  const takeShortcut = createShortcut(given.limits.frameBytes)
  const crowd: Crowd = {
    clients,
    accept(client, socket, dial, stay) {
      client.crowd = crowd
      client.line = new SocketLine(client, socket, framing, stay)
      client.session = new Session(given, dial, client.line, stay)
      takeShortcut(client, socket)
      clients.add(client)
      if (stay.banned !== undefined) client.session.expel(stay.banned)
    },
    // ws has answered with a close frame of its own (1002, 1007, 1008, 1009); `closed` follows.
    broken({ session }, { message }) {
      given.log('debug', 'not WebSocket', { why: message, ...whence(session) })
      session.stay.ending('MALFORMED')
    },
    closed(client) {
      client.line.shut()
      clients.delete(client)
      client.session.lost()
      client.session.stay.leave()
      if (clients.size === 0) emptied()
    },
  }
  return crowd
}

/** Makes the WebSocket side of a gateway. */
export function socketSide(given: SocketGiven): SocketSide {
  const { base, limits, door } = given
  const server = new WebSocketServer({ ...options, maxPayload: limits.frameBytes })
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
      const no = refusing ? stopping : (door.dial(sender) ?? foreign(given, dial))
      if (no !== undefined) return turnAway(socket, no, given.traffic)
      server.handleUpgrade(request, socket, head, (ws) => accept(ws, socket, dial, door.enter(sender)))
    },
    get connections() {
      return clients.size
    },
    expel(key, ban) {
      const reason = refuse('BANNED', wordsOf(ban))
      for (const { session } of clients) if (session.stay.keys.includes(key)) session.expel(reason)
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

/** Reads what is dialled. Undefined: no room. */
function dialOf({ url = '', headers }: IncomingMessage, base: string, { address }: Sender): Dial | undefined {
  const asked = route(url, base)
  return asked?.to === 'room'
    ? { protocol: asked.protocol, code: asked.code, url, headers, address }
    : undefined
}

/** Says why a page of another origin may not dial. */
function foreign({ origins, log }: SocketGiven, dial: Dial): TurnedAway | undefined {
  const { origin, host } = dial.headers
  if (isWelcome({ origin, host }, origins)) return undefined
  log('warn', 'refused a page of another origin', { origin, host, ...whence(dial) })
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
