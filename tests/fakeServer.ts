import { Reader } from '../packages/hoopsnake/src/wire/reader.ts'
import { Writer } from '../packages/hoopsnake/src/wire/writer.ts'
import type { Dial } from '../packages/hoopsnake/src/client/dial.ts'
import type { Clock } from '../packages/hoopsnake/src/core/clock.ts'
import type { Hello, Welcome } from '../packages/hoopsnake/src/core/frames/hello.ts'
import {
  readHello,
  writeReason,
  writeWait,
  writeWelcome,
} from '../packages/hoopsnake/src/core/frames/hello.ts'
import { down } from '../packages/hoopsnake/src/core/frames/kinds.ts'
import type { Up } from '../packages/hoopsnake/src/core/frames/play.ts'
import { readUp, writePong } from '../packages/hoopsnake/src/core/frames/play.ts'
import type { OwnParts, Telling } from '../packages/hoopsnake/src/core/frames/tick.ts'
import { writeDelta, writeFull, writeOwn } from '../packages/hoopsnake/src/core/frames/tick.ts'
import type { AnyProtocol, EventsOf, MineOf, StateOf } from '../packages/hoopsnake/src/core/protocol.ts'

/** A server written by hand: it says what a test tells it to, true or not. Bytes arrive at once. */
export interface FakeServer<P extends AnyProtocol> {
  readonly dial: Dial
  /** One for each dial, oldest first. */
  readonly lines: FakeLine<P>[]
  /** The line dialled last. Throws if there is none. */
  readonly line: FakeLine<P>
}

/** The server's end of one line. */
export interface FakeLine<P extends AnyProtocol> {
  readonly address: string
  /** What was said first; undefined before `open`. */
  readonly hello: Hello | undefined
  /** What was said since, oldest first; each CONFIRM is answered while `answering`. */
  readonly heard: Up[]
  answering: boolean
  /** The code by which the client closed the line. */
  readonly left: number | undefined
  open(): void
  welcome(parts?: Partial<Welcome>): void
  full(tick: number, state: StateOf<P>, epoch?: number): void
  delta(tick: number, from: StateOf<P>, to: StateOf<P>, parts?: DeltaParts): void
  own(tick: number, parts: OwnParts, epoch?: number): void
  refused(code: string, message?: string): void
  closed(code: string, message?: string): void
  wait(ms: number): void
  raw(bytes: readonly number[]): void
  /** Answers a CONFIRM in which the client's clock said `echo`. */
  pong(echo: number): void
  /** Ends the line, from this end or on the way. */
  close(code?: number, reason?: string): void
}

/** What else is in a DELTA. */
export interface DeltaParts {
  /** Ticks since the base. Default 1. */
  readonly back?: number
  readonly epoch?: number
  readonly tellings?: readonly Telling[]
}

/** Makes a fake server. Its clock is 1,000,000 ms ahead of the given one. */
export function fakeServer<P extends AnyProtocol>(protocol: P, clock: Clock): FakeServer<P> {
  const lines: FakeLine<P>[] = []
  return {
    lines,
    get line() {
      const line = lines.at(-1)
      if (line === undefined) throw new Error('nobody has dialled')
      return line
    },
    dial(address, ends) {
      const { line, take, leave } = createLine(protocol, clock, ends, address)
      lines.push(line)
      return {
        send: take,
        close(code) {
          leave(code)
          clock.at(clock.now(), () => ends.closed(code, ''))
        },
      }
    },
  }
}

/** Writes an event as the server keeps it. */
export function telling<P extends AnyProtocol, K extends keyof EventsOf<P> & string>(
  protocol: P,
  tick: number,
  name: K,
  value: EventsOf<P>[K],
): Telling {
  const event = protocol.events.findIndex((named) => named.name === name)
  return { tick, place: 0, event, payload: bytes((w) => protocol.events[event]!.type.write(w, value)) }
}

/** Writes `mine` whole. */
export function wholeMine<P extends AnyProtocol>(protocol: P, mine: MineOf<P>): Uint8Array {
  return bytes((w) => protocol.mine.write(w, mine))
}

/** Writes the change from one `mine` to another. */
export function changeOfMine<P extends AnyProtocol>(protocol: P, from: MineOf<P>, to: MineOf<P>): Uint8Array {
  return bytes((w) => protocol.mine.diff(w, protocol.mine.copy(from), to))
}

function bytes(write: (w: Writer) => void): Uint8Array {
  const w = new Writer()
  write(w)
  return w.take()
}

function createLine<P extends AnyProtocol>(
  protocol: P,
  clock: Clock,
  ends: Parameters<Dial>[1],
  address: string,
): { line: FakeLine<P>; take: (frame: Uint8Array) => void; leave: (code: number) => void } {
  let hello: Hello | undefined
  let left: number | undefined
  let last = { tick: 0, due: clock.now() + 1e6 }
  const made = (tick: number): void => void (last = { tick, due: clock.now() + 1e6 })
  const say = (write: (w: Writer) => void): void => ends.frame(bytes(write))
  const line: FakeLine<P> = {
    address,
    heard: [],
    answering: true,
    get hello() {
      return hello
    },
    get left() {
      return left
    },
    open: () => ends.open(),
    welcome(parts) {
      if (parts?.tick !== undefined) made(parts.tick)
      say((w) => writeWelcome(w, { ...welcome, time: clock.now() + 1e6, ...parts }))
    },
    full(tick, state, epoch = 1) {
      made(tick)
      say((w) => writeFull(w, { epoch, tick }, protocol.state, state))
    },
    delta(tick, from, to, { back = 1, epoch = 1, tellings = [] } = {}) {
      made(tick)
      const body = { type: protocol.state, shadow: protocol.state.copy(from), state: to }
      say((w) => writeDelta(w, { epoch, tick, back }, body, tellings))
    },
    own: (tick, parts, epoch = 1) => say((w) => writeOwn(w, { epoch, tick }, parts)),
    refused: (code, message = '') => say((w) => writeReason(w, down.REFUSED, { code, message })),
    closed: (code, message = '') => say((w) => writeReason(w, down.CLOSED, { code, message })),
    wait: (ms) => say((w) => writeWait(w, ms)),
    pong: (echo) => say((w) => writePong(w, { echo, time: clock.now() + 1e6, ...last })),
    raw: (frame) => ends.frame(Uint8Array.from(frame)),
    close: (code = 1006, reason = '') => ends.closed(code, reason),
  }
  function take(frame: Uint8Array): void {
    if (hello === undefined) {
      hello = readHello(new Reader(frame))
      return
    }
    const up = readUp(new Reader(frame), protocol.inputs, welcome.seat)
    line.heard.push(up)
    const asked = up.kind === 'confirm' || up.kind === 'input' ? up.time : undefined
    if (asked !== undefined && line.answering) line.pong(asked)
  }
  return { line, take, leave: (code) => (left ??= code) }
}

const welcome: Welcome = {
  epoch: 1,
  room: 'ROOM',
  seat: 1,
  token: 'token',
  ack: 0,
  hz: 10,
  ticksPerFrame: 1,
  hold: 30_000,
  fork: 0,
  tick: 0,
  time: 0,
}
