import type { Clock } from '../../core/clock.ts'
import { type Code, codes, Refused } from '../../core/errors.ts'
import { type Hello, type Reason, readHello, writeReason, writeWait } from '../../core/frames/hello.ts'
import { down, up, WIRE } from '../../core/frames/kinds.ts'
import { type Bucket, createBucket } from '../../core/limits.ts'
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

/** One client, from the upgrade of its socket to its end. */
export interface Session {
  /** Takes a binary message. The bytes may be used again afterwards. */
  receive(frame: Uint8Array): void
  /** Takes a text message, which no client of ours sends. */
  text(): void
  /** Takes a WebSocket ping. */
  readonly ping: () => void
  /** Takes a WebSocket pong. */
  readonly pong: () => void
  /** Sends a frame of the gateway itself, once the client is in. */
  tell(frame: Uint8Array): void
  /** Ends the client for good: its seat is free at once. */
  expel(reason: Refused): void
  /** Says that the socket is gone. */
  lost(): void
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

/** All there is of one session. There are thousands: what only the handshake needs is in its states. */
interface Live {
  readonly given: SessionGiven
  readonly protocol: string
  readonly address: string
  readonly line: Line
  readonly stay: Stay
  readonly bucket: Bucket
  readonly heart: Heart
  state: State
}

/** Starts the session of a socket that was just upgraded. */
export function openSession(given: SessionGiven, dial: Dial, line: Line, stay: Stay): Session {
  const { limits, clock, log, timer } = given
  const { protocol, address } = dial
  const deadline = deadlineOf(given, () => tooSlow(live))
  const live: Live = {
    given,
    protocol,
    address,
    line,
    stay,
    bucket: createBucket(limits.frames),
    heart: heartbeat(given, line, () => {
      log('info', 'a client fell silent', { code: 'SILENT', address })
      given.traffic.turned('SILENT')
      end(live)
      line.cut()
    }),
    state: { at: 'hello', dial, deadline },
  }
  timer.put(deadline)
  return {
    receive(frame) {
      if (allowed(live)) take(live, frame)
    },
    text() {
      if (allowed(live)) refuse(live, 'MALFORMED', 'A text message; frames are binary.')
    },
    ping: () => void allowed(live),
    pong() {
      if (!allowed(live)) return
      const ms = live.heart.answered(clock.now())
      if (ms !== undefined) given.traffic.answered(protocol, ms)
    },
    tell(frame) {
      if (live.state.at === 'in') line.write(frame)
    },
    expel(reason) {
      if (live.state.at !== 'over') expel(live, reason)
    },
    lost: () => end(live),
  }
}

function end(live: Live): void {
  const { state } = live
  live.state = { at: 'over' }
  if ('deadline' in state) live.given.timer.remove(state.deadline)
  live.heart.stop()
  if (state.at === 'in') state.connection.lost()
}

/** Ends a session that is not in at its deadline. */
function tooSlow(live: Live): void {
  const { log, limits } = live.given
  if (live.state.at === 'asking')
    log('warn', 'auth did not answer in time', { address: live.address, ms: limits.handshake })
  refuse(live, 'TOO_SLOW')
}

function refuse(live: Live, code: string, message: string = codes[code as Code] ?? code): void {
  const { given, address, line } = live
  given.log('debug', 'refused a client', { code, why: message, address })
  end(live)
  given.traffic.turned(code)
  dismiss(line, { code, message })
}

function expel(live: Live, reason: Refused): void {
  const { state, line } = live
  dismiss(line, reason)
  // What the room answers is not heard any more.
  if (state.at === 'in') state.connection.receive(Uint8Array.of(up.LEAVE))
  end(live)
}

/** Tells a client why its connection is over, and closes it. */
function dismiss(line: Line, reason: Reason): void {
  const w = new Writer()
  writeReason(w, down.REFUSED, reason)
  line.write(w.take())
  line.close(close.REFUSED, reason.code)
}

/** Sends a client away to come again in `ms`. */
function postpone(live: Live, ms: number): void {
  const { given, address, line } = live
  given.log('debug', 'told a client to wait', { ms, address })
  end(live)
  const w = new Writer()
  writeWait(w, ms)
  line.write(w.take())
  line.close(close.AGAIN, 'WAIT')
}

/** Counts a message or a ping; says whether it may be looked at. */
function allowed(live: Live): boolean {
  if (live.state.at === 'over' || !live.line.open) return false
  const { clock, limits } = live.given
  const now = clock.now()
  live.heart.heard(now)
  if (live.bucket.take(now)) return true
  refuse(live, 'FLOOD', `More than ${limits.frames.perSecond} messages per second.`)
  return false
}

function take(live: Live, frame: Uint8Array): void {
  const { state } = live
  switch (state.at) {
    case 'in':
      return state.connection.receive(frame)
    case 'hello':
      return greet(live, state, frame)
    case 'asking':
      if (state.kept.length === MOST_KEPT)
        return refuse(live, 'FLOOD', `More than ${MOST_KEPT} messages before WELCOME.`)
      state.kept.push(Uint8Array.from(frame))
      return
    case 'over':
  }
}

function greet(live: Live, { dial, deadline }: State & { at: 'hello' }, frame: Uint8Array): void {
  const { given } = live
  let hello: Hello
  try {
    hello = readHello(new Reader(frame))
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return refuse(live, 'MALFORMED', error.message)
  }
  // Before `auth`: who you are does not matter in a language nobody speaks.
  if (hello.wire !== WIRE) return refuse(live, 'WRONG_WIRE')
  if (hello.protocol !== dial.protocol) {
    return refuse(live, 'MALFORMED', `HELLO for '${hello.protocol}' at the address of '${dial.protocol}'`)
  }
  // Before `auth`, which may cost more than all the rest.
  const drain = given.drain()
  const ms = drain === undefined ? given.turnstile.pass(given.clock.now()) : drain.wait(hello)
  if (ms === undefined) return refuse(live, 'STOPPING')
  if (ms > 0) return postpone(live, ms)
  const kept: Uint8Array[] = []
  live.state = { at: 'asking', kept, deadline }
  ask(given.auth, { ...dial, ticket: hello.ticket }).then(
    (user) => {
      if (live.state.at !== 'asking') return
      const no = live.stay.admit(user)
      if (no !== undefined) return refuse(live, no.code, no.message)
      enter(live, { hello, user, code: dial.code, address: dial.address }, kept)
    },
    (error: unknown) => {
      if (live.state.at !== 'asking') return
      if (error instanceof Refused) return refuse(live, error.code, error.message)
      given.log('error', 'auth failed', { address: dial.address, error })
      refuse(live, 'DENIED')
    },
  )
}

function enter(live: Live, arrival: Arrival, kept: readonly Uint8Array[]): void {
  const { given, line, state } = live
  if ('deadline' in state) given.timer.remove(state.deadline)
  try {
    live.state = { at: 'in', connection: given.link.connect(line, arrival) }
  } catch (error) {
    given.log('error', 'a client could not be taken in', { address: arrival.address, error })
    return refuse(live, 'CRASHED', 'The server failed here; it is in its log.')
  }
  for (const frame of kept) if (line.open) take(live, frame)
}

/** Asks `auth`. Rejects with what it refused or threw, or if its answer could not cross to another thread. */
async function ask(auth: Auth | undefined, request: Parameters<Auth>[0]): Promise<unknown> {
  if (auth === undefined) return undefined
  const user = await auth(request)
  if (user instanceof Refused) throw user
  // A copy here too, where rooms run in the same thread: a game cannot tell where its room runs.
  return structuredClone(user)
}

/** A beat that comes later than so many ms says that the server was stopped or blocked. */
const PAUSE = 1000

interface Heart {
  heard(now: number): void
  /** Gives how long ago the ping was sent that a pong at `now` answers, in ms; undefined where none is open. */
  answered(now: number): number | undefined
  stop(): void
}

/** Makes the entry of a handshake's deadline. `missed` calls it off. */
function deadlineOf({ clock, limits }: SessionGiven, missed: () => void): Entry {
  return { due: clock.now() + limits.handshake, order: 0, run: missed, place: -1 }
}

/** Beats after which also a client that speaks is pinged, for the round trip. */
const ROUND_TRIP = 6

/**
 * Pings who says nothing, and now and then who speaks; calls `silent`, which stops it, once nothing was heard for too
 * long.
 */
function heartbeat({ clock, limits, timer }: SessionGiven, line: Line, silent: () => void): Heart {
  let last = clock.now()
  let pinged: number | undefined
  let beats = 0
  const entry: Entry = { due: last + limits.ping, order: 0, run: beat, place: -1 }
  timer.put(entry)
  function beat(): void {
    const now = clock.now()
    // It was this end that stood still: what came meanwhile is yet to be read.
    if (now - entry.due > PAUSE) last = Math.max(last, now - limits.silence + limits.ping)
    if (now >= last + limits.silence) return silent()
    if (now >= last + limits.ping || beats++ % ROUND_TRIP === 0) {
      line.ping()
      pinged = now
    }
    entry.due = Math.min(now + limits.ping, last + limits.silence)
    timer.put(entry)
  }
  return {
    heard(now) {
      last = now
    },
    answered(now) {
      const ms = pinged === undefined ? undefined : now - pinged
      pinged = undefined
      return ms
    },
    stop: () => timer.remove(entry),
  }
}
