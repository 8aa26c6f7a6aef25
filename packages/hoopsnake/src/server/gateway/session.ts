import type { Clock } from '../../core/clock.ts'
import { type Code, codes, Refused } from '../../core/errors.ts'
import { type Hello, type Reason, readHello, writeReason, writeWait } from '../../core/frames/hello.ts'
import { down, up, WIRE } from '../../core/frames/kinds.ts'
import { Bucket } from '../../core/limits.ts'
import type { Arrival, Connection, Link } from '../../core/link.ts'
import type { Log } from '../../core/log.ts'
import type { Entry, Timer } from '../../core/timer.ts'
import { close } from '../../core/pipe.ts'
import { Malformed } from '../../wire/errors.ts'
import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'
import type { Traffic } from '../metrics/traffic.ts'
import type { Auth, Dial } from './auth.ts'
import type { Stay } from './door.ts'
import type { Drain } from './drain.ts'
import type { FullLimits } from './limits.ts'
import { Heart } from './heart.ts'
import type { Line } from './line.ts'
import type { Turnstile } from './turnstile.ts'

/** What the sessions of a gateway have in common. */
export interface SessionGiven {
  readonly link: Link
  readonly auth: Auth | undefined
  readonly limits: FullLimits
  readonly turnstile: Turnstile
  readonly clock: Clock
  /** Wakes all sessions: one timer of the clock, however many there are. */
  readonly timer: Timer
  readonly log: Log
  readonly traffic: Traffic
  /** While the gateway takes its leave. */
  readonly drain: () => Drain | undefined
}

/*
 * hello ──HELLO──▶ asking ──auth──▶ in ──▶ over
 *   └───────────────┴── refused, too slow, lost ──▲
 */
type State =
  | { readonly at: 'hello'; readonly dial: Dial; readonly deadline: Entry }
  /** HELLO is read and `auth` is asked; what the client sends meanwhile waits. */
  | { readonly at: 'asking'; readonly kept: Uint8Array[]; readonly deadline: Entry }
  | { readonly at: 'in'; readonly connection: Connection }
  | { readonly at: 'over' }

/** Messages that may wait for `auth`; a client has no reason to send any before it is in. One more is FLOOD. */
const MOST_KEPT = 16

/**
 * One client, from the upgrade of its socket to its end.
 *
 * A class, and few objects: there are thousands, and each message goes through one. What only the handshake needs is in
 * its states.
 */
export class Session {
  readonly given: SessionGiven
  readonly protocol: string
  /** Of the room that was dialled; '' for any. */
  readonly code: string
  readonly address: string
  readonly line: Line
  readonly stay: Stay
  readonly bucket: Bucket
  readonly heart: Heart
  state: State

  /** Starts the session of a socket that was just upgraded. */
  constructor(given: SessionGiven, dial: Dial, line: Line, stay: Stay) {
    this.given = given
    this.protocol = dial.protocol
    this.code = dial.code
    this.address = dial.address
    this.line = line
    this.stay = stay
    this.bucket = new Bucket(given.limits.frames)
    this.heart = new Heart(given, this)
    const deadline = deadlineOf(given, () => tooSlow(this))
    this.state = { at: 'hello', dial, deadline }
    given.timer.put(deadline)
  }

  /** Takes a binary message. The bytes may be used again afterwards. */
  receive(frame: Uint8Array): void {
    if (allowed(this)) take(this, frame)
  }

  /** Takes a text message, which no client of ours sends. */
  text(): void {
    if (allowed(this)) refuse(this, 'MALFORMED', 'A text message; frames are binary.')
  }

  /** Takes a WebSocket ping. */
  ping(): void {
    allowed(this)
  }

  /** Takes a WebSocket pong. */
  pong(): void {
    if (!allowed(this)) return
    const ms = this.heart.answered(this.given.clock.now())
    if (ms !== undefined) this.given.traffic.answered(this.protocol, ms)
  }

  /** Sends a frame of the gateway itself, once the client is in. */
  tell(frame: Uint8Array): void {
    if (this.state.at === 'in') this.line.write(frame)
  }

  /** Ends the client for good: its seat is free at once. */
  expel(reason: Refused): void {
    if (this.state.at !== 'over') expel(this, reason)
  }

  /** Ends it: its client has said nothing for too long. */
  silent(): void {
    const { given, line } = this
    given.log('info', 'a client fell silent', { code: 'SILENT', ...whence(this) })
    given.traffic.turned('SILENT')
    end(this)
    line.cut()
  }

  /** Says that the socket is gone. */
  lost(): void {
    end(this)
  }
}

type Whence = Pick<Dial, 'protocol' | 'code' | 'address'>

/** Gives what a log says of a session, or a dial: the game and room that were dialled, and from where. */
export function whence({ protocol: game, code, address }: Whence): object {
  return { game, room: code === '' ? undefined : code, address }
}

function end(session: Session): void {
  const { state } = session
  session.state = { at: 'over' }
  if ('deadline' in state) session.given.timer.remove(state.deadline)
  session.heart.stop()
  if (state.at === 'in') state.connection.lost()
}

/** Ends a session that is not in at its deadline. */
function tooSlow(session: Session): void {
  const { log, limits } = session.given
  if (session.state.at === 'asking')
    log('warn', 'auth did not answer in time', { ms: limits.handshake, ...whence(session) })
  refuse(session, 'TOO_SLOW')
}

function refuse(session: Session, code: string, message: string = codes[code as Code] ?? code): void {
  const { given, line } = session
  given.log('debug', 'refused a client', { code, why: message, ...whence(session) })
  end(session)
  given.traffic.turned(code)
  dismiss(line, { code, message })
}

function expel(session: Session, reason: Refused): void {
  const { state, line } = session
  dismiss(line, reason)
  // What the room answers is not heard any more.
  if (state.at === 'in') state.connection.receive(Uint8Array.of(up.LEAVE))
  end(session)
}

/** Tells a client why its connection is over, and closes it. */
function dismiss(line: Line, reason: Reason): void {
  const w = new Writer()
  writeReason(w, down.REFUSED, reason)
  line.write(w.take())
  line.close(close.REFUSED, reason.code)
}

/** Sends a client away to come again in `ms`. */
function postpone(session: Session, ms: number): void {
  const { given, line } = session
  given.log('debug', 'told a client to wait', { ms, ...whence(session) })
  end(session)
  const w = new Writer()
  writeWait(w, ms)
  line.write(w.take())
  line.close(close.AGAIN, 'WAIT')
}

/** Counts a message or a ping; says whether it may be looked at. */
function allowed(session: Session): boolean {
  if (session.state.at === 'over' || !session.line.open) return false
  const { clock, limits } = session.given
  const now = clock.now()
  session.heart.heard(now)
  if (session.bucket.take(now)) return true
  refuse(session, 'FLOOD', `More than ${limits.frames.perSecond} messages per second.`)
  return false
}

function take(session: Session, frame: Uint8Array): void {
  const { state } = session
  switch (state.at) {
    case 'in':
      return state.connection.receive(frame)
    case 'hello':
      return greet(session, state, frame)
    case 'asking':
      if (state.kept.length === MOST_KEPT)
        return refuse(session, 'FLOOD', `More than ${MOST_KEPT} messages before WELCOME.`)
      state.kept.push(Uint8Array.from(frame))
      return
    case 'over':
  }
}

function greet(session: Session, { dial, deadline }: State & { at: 'hello' }, frame: Uint8Array): void {
  const { given } = session
  let hello: Hello
  try {
    hello = readHello(new Reader(frame))
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return refuse(session, 'MALFORMED', error.message)
  }
  // Before `auth`: who you are does not matter in a language nobody speaks.
  if (hello.wire !== WIRE) return refuse(session, 'WRONG_WIRE')
  if (hello.protocol !== dial.protocol) {
    return refuse(session, 'MALFORMED', `HELLO for '${hello.protocol}' at the address of '${dial.protocol}'`)
  }
  // Before `auth`, which may cost more than all the rest.
  const drain = given.drain()
  const ms = drain === undefined ? given.turnstile.pass(given.clock.now()) : drain.wait(hello)
  if (ms === undefined) return refuse(session, 'STOPPING')
  if (ms > 0) return postpone(session, ms)
  const kept: Uint8Array[] = []
  session.state = { at: 'asking', kept, deadline }
  ask(given.auth, { ...dial, ticket: hello.ticket }).then(
    (user) => {
      if (session.state.at !== 'asking') return
      const no = session.stay.admit(user)
      if (no !== undefined) return refuse(session, no.code, no.message)
      enter(session, { hello, user, code: dial.code, address: dial.address }, kept)
    },
    (error: unknown) => {
      if (session.state.at !== 'asking') return
      if (error instanceof Refused) return refuse(session, error.code, error.message)
      given.log('error', 'auth failed', { ...whence(session), error })
      refuse(session, 'DENIED')
    },
  )
}

function enter(session: Session, arrival: Arrival, kept: readonly Uint8Array[]): void {
  const { given, line, state } = session
  if ('deadline' in state) given.timer.remove(state.deadline)
  try {
    session.state = { at: 'in', connection: given.link.connect(line, arrival) }
  } catch (error) {
    given.log('error', 'a client could not be taken in', { ...whence(session), error })
    return refuse(session, 'CRASHED', 'The server failed here; it is in its log.')
  }
  for (const frame of kept) if (line.open) take(session, frame)
}

/** Asks `auth`. Rejects with what it refused or threw, or if its answer could not cross to another thread. */
async function ask(auth: Auth | undefined, request: Parameters<Auth>[0]): Promise<unknown> {
  if (auth === undefined) return undefined
  const user = await auth(request)
  if (user instanceof Refused) throw user
  // A copy here too, where rooms run in the same thread: a game cannot tell where its room runs.
  return structuredClone(user)
}

/** Makes the entry of a handshake's deadline. `missed` calls it off. */
function deadlineOf({ clock, limits }: SessionGiven, missed: () => void): Entry {
  return { due: clock.now() + limits.handshake, order: 0, run: missed, place: -1 }
}
