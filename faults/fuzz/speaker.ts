import { type AnyProtocol, type Clock, Reader } from 'hoopsnake'
import { readWelcome } from '../../packages/hoopsnake/src/core/frames/hello.ts'
import { down } from '../../packages/hoopsnake/src/core/frames/kinds.ts'
import type { Line } from '../../packages/hoopsnake/src/server/gateway/line.ts'
import { Session, type SessionGiven } from '../../packages/hoopsnake/src/server/gateway/session.ts'
import { framesOf, type Knowledge } from './frames.ts'
import type { Dice } from './scribble.ts'

/** A client in this process that says anything: to one session after another. */
export interface Speaker {
  /** Says something, or loses its connection. Throws what the session throws. */
  speak(): void
  /** Says HELLO as it should be, if it is not in, then just this. */
  say(frame: Uint8Array): void
  leave(): void
  /** What it said last. */
  readonly last: Uint8Array
}

/** What speakers are given. */
export interface SpeakerGiven {
  readonly session: SessionGiven
  readonly clock: Clock
  readonly dice: Dice
  /** Told the reason in the close frame. */
  readonly ended: (reason: string) => void
  readonly began: () => void
}

/** Nobody is banned. */
const stay = { keys: [], banned: undefined, admit: () => undefined, ending() {}, leave() {} }

/** Makes a client that knows the protocol, if not how to behave. */
export function createSpeaker(protocol: AnyProtocol, given: SpeakerGiven): Speaker {
  const { dice } = given
  const frames = framesOf(protocol, dice)
  const know = { room: '', seq: 0, tick: 0, epoch: 1, token: '' }
  let session: Session | undefined
  let last: Uint8Array = new Uint8Array()

  function open(): Session {
    given.began()
    const line = lineOf(
      (frame) => learn(know, frame),
      dice,
      (reason) => {
        given.ended(reason)
        if (session === opened) session = undefined
        given.clock.at(given.clock.now(), () => opened.lost())
      },
    )
    const code = dice(3) === 0 ? '' : know.room
    const dial = { protocol: protocol.name, code, url: '', headers: {}, address: '192.0.2.1' }
    const opened = new Session(given.session, dial, line, stay)
    return opened
  }
  function say(frame: Uint8Array): void {
    last = frame
    session?.receive(frame)
  }
  function leave(): void {
    session?.lost()
    session = undefined
  }
  return {
    get last() {
      return last
    },
    leave,
    say(frame) {
      if (session !== undefined) return say(frame)
      session = open()
      say(frames.hello(know))
    },
    speak() {
      if (session === undefined) {
        session = open()
        return say(frames.hello(know))
      }
      const what = dice(2000)
      if (what === 0) session.text()
      else if (what < 10) session.ping()
      else if (what < 20) session.pong()
      else if (what < 22) leave()
      else say(frames.next(know))
    },
  }
}

/** Takes from what the server says what a client would know. */
function learn(know: Knowledge & { room: string }, frame: Uint8Array): void {
  const r = new Reader(frame)
  const kind = r.u8()
  if (kind === down.WELCOME) {
    const { room, token, epoch, ack } = readWelcome(r)
    Object.assign(know, { room, token, epoch, seq: ack })
  } else if (kind === down.FULL || kind === down.DELTA) {
    r.uint()
    know.tick = r.uint()
  }
}

function lineOf(heard: (frame: Uint8Array) => void, dice: Dice, ended: (reason: string) => void): Line {
  let open = true
  const end = (reason: string): void => {
    if (!open) return
    open = false
    ended(reason)
  }
  return {
    write(frame, before) {
      if (before !== undefined) heard(before.slice())
      heard(frame)
    },
    // Now and then somebody reads nothing.
    get queued() {
      return dice(50) === 0 ? 100_000 : 0
    },
    get open() {
      return open
    },
    close: (_, reason) => end(reason),
    ping() {},
    pong() {},
    cut: () => end('cut'),
  }
}
