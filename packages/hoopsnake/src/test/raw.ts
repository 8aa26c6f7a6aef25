import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import type { Reason, Welcome } from '../core/frames/hello.ts'
import { readReason, readWelcome } from '../core/frames/hello.ts'
import { down, WIRE } from '../core/frames/kinds.ts'
import type { Pong } from '../core/frames/play.ts'
import { readPong, writeAskFull, writeConfirm, writeInput, writeLeave } from '../core/frames/play.ts'
import type { Refusal, Told } from '../core/frames/tick.ts'
import { readBack, readDelta, readFull, readOwn, readStamp } from '../core/frames/tick.ts'
import type { Arrival, Connection, Link } from '../core/link.ts'
import type { Pipe } from '../core/pipe.ts'
import type { AnyProtocol, Data, MineOf, StateOf } from '../core/protocol.ts'

/** How a raw client dials. */
export interface RawDial {
  readonly intent?: 'join' | 'create' | 'watch' | 'resume'
  readonly code?: string
  readonly ask?: Data
  readonly user?: unknown
  readonly private?: boolean
  readonly options?: Data
  readonly token?: string
  /** In a resume: the life of the room, and the newest tick, of the state that is there. */
  readonly epoch?: number
  readonly tick?: number
  readonly hash?: number
  readonly wire?: number
}

/**
 * A client of bare frames, for tests: no prediction, no clock, no redial.
 *
 * It applies what it is sent as any client must, and remembers all of it; `state` is what the bytes say.
 */
export interface Raw<P extends AnyProtocol = AnyProtocol> {
  readonly pipe: Pipe & { queued: number }
  readonly connection: Connection
  /** Every frame, in order. */
  readonly frames: Uint8Array[]
  readonly welcome: Welcome | undefined
  readonly state: StateOf<P> | undefined
  readonly tick: number
  readonly mine: MineOf<P> | undefined
  readonly ack: number
  readonly refusals: Refusal[]
  readonly told: Told[]
  readonly missed: number
  readonly pongs: Pong[]
  /** Why the dial or the seat ended, and the close code. */
  readonly reason: Reason | undefined
  readonly closed: number | undefined
  /** How many FULL and DELTA frames came. */
  readonly fulls: number
  readonly deltas: number
  /** Sends an input; `seq` is the next one unless given. */
  send(input: string, value?: unknown, seq?: number): void
  /** Sends an input that asks for the time; that of the client is 0. */
  sendTimed(input: string, value?: unknown): void
  confirm(tick?: number): void
  askFull(): void
  leave(): void
  /** Drops the connection. */
  lose(): void
}

/** What a raw client remembers. */
type Seen<P extends AnyProtocol = AnyProtocol> = {
  -readonly [
    K in Exclude<
      keyof Raw,
      'pipe' | 'connection' | 'send' | 'sendTimed' | 'confirm' | 'askFull' | 'leave' | 'lose'
    >
  ]: Raw<P>[K]
}

/** Dials a link with bare frames. A DELTA on a base that is not there throws: a server must not send one. */
export function dialRaw<P extends AnyProtocol>(link: Link, protocol: P, dial: RawDial = {}): Raw<P> {
  const seen: Seen = {
    frames: [],
    welcome: undefined,
    state: undefined,
    tick: -1,
    mine: undefined,
    ack: 0,
    refusals: [],
    told: [],
    missed: 0,
    pongs: [],
    reason: undefined,
    closed: undefined,
    fulls: 0,
    deltas: 0,
  }
  const take = (frame: Uint8Array): void => {
    seen.frames.push(frame)
    read(seen, protocol, new Reader(frame))
  }
  const pipe = {
    queued: 0,
    write(frame: Uint8Array, before?: Uint8Array) {
      if (seen.closed !== undefined) throw new Error('written after close')
      if (before !== undefined) take(before.slice())
      take(frame)
    },
    close(code: number) {
      seen.closed ??= code
    },
  }
  const connection = link.connect(pipe, arrivalOf(protocol, dial))
  let seq = 0
  const frame = (write: (w: Writer) => void): void => {
    const w = new Writer()
    write(w)
    connection.receive(w.take())
  }
  const input = (name: string, value: unknown, as?: number, time?: number): void => {
    seq = as ?? Math.max(seq, seen.welcome?.ack ?? 0) + 1
    const sent = { seq, input: protocol.inputs.findIndex((named) => named.name === name), value }
    frame((w) => writeInput(w, protocol.inputs, sent, { confirmed: Math.max(0, seen.tick), time }))
  }
  // What was read by the types of P is of P.
  return Object.assign(seen as Seen<P>, {
    pipe,
    connection,
    send: (name: string, value?: unknown, as?: number) => input(name, value, as),
    sendTimed: (name: string, value?: unknown) => input(name, value, undefined, 0),
    confirm: (tick = seen.tick) => frame((w) => writeConfirm(w, tick, 0)),
    askFull: () => frame(writeAskFull),
    leave: () => frame(writeLeave),
    lose: () => connection.lost(),
  })
}

function arrivalOf(protocol: AnyProtocol, dial: RawDial): Arrival {
  const { intent = 'join' } = dial
  const head = {
    wire: dial.wire ?? WIRE,
    protocol: protocol.name,
    hash: dial.hash ?? protocol.hash,
    ticket: '',
  }
  const w = new Writer()
  if (intent === 'create') {
    w.u8(dial.options === undefined ? 0 : 1)
    if (dial.options !== undefined) protocol.options.write(w, dial.options)
  }
  protocol.join.write(w, dial.ask ?? {})
  const ask = w.take()
  const intents = {
    join: { intent: 'join', ask },
    create: { intent: 'create', private: dial.private ?? false, ask },
    watch: { intent: 'watch' },
    resume: { intent: 'resume', token: dial.token ?? '', epoch: dial.epoch ?? 0, tick: dial.tick ?? 0 },
  } as const
  return { hello: { ...head, ...intents[intent] }, code: dial.code ?? '', user: dial.user, address: 'test' }
}

function read(seen: Seen, protocol: AnyProtocol, r: Reader): void {
  const kind = r.u8()
  if (kind === down.WELCOME) seen.welcome = readWelcome(r)
  else if (kind === down.REFUSED || kind === down.CLOSED) seen.reason = readReason(r)
  else if (kind === down.PONG) seen.pongs.push(readPong(r))
  else if (kind === down.FULL) {
    seen.tick = readStamp(r).tick
    seen.state = readFull(r, protocol.state)
    seen.fulls++
  } else if (kind === down.DELTA) {
    const { tick } = readStamp(r)
    const back = readBack(r)
    if (tick - back !== seen.tick)
      throw new Error(`a delta on tick ${tick - back}; this client has ${seen.tick}`)
    const { state, told } = readDelta(r, tick, seen.state!, protocol)
    seen.tick = tick
    seen.state = state
    seen.told.push(...told)
    seen.deltas++
  } else if (kind === down.OWN) {
    const { tick } = readStamp(r)
    const own = readOwn(r, tick, seen.mine, protocol)
    seen.mine = own.mine ?? seen.mine
    seen.ack = own.ack ?? seen.ack
    if (own.answer !== undefined) seen.pongs.push(own.answer)
    seen.refusals.push(...(own.refusals ?? []))
    seen.told.push(...(own.told ?? []))
    seen.missed += own.missed ?? 0
  } else throw new Error(`a frame of kind ${kind}`)
}
