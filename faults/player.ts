import { type AnyProtocol, Reader, type StateOf, Writer } from 'hoopsnake'
import {
  type Intent,
  readReason,
  readWelcome,
  type Welcome,
  writeHello,
} from '../packages/hoopsnake/src/core/frames/hello.ts'
import { down, WIRE } from '../packages/hoopsnake/src/core/frames/kinds.ts'
import {
  writeAskFull,
  writeConfirm,
  writeInput,
  writeLeave,
} from '../packages/hoopsnake/src/core/frames/play.ts'
import {
  readBack,
  readDelta,
  readFull,
  readOwn,
  readStamp,
} from '../packages/hoopsnake/src/core/frames/tick.ts'
import { dialWire, frame, opcodes, type Wire } from './websocket.ts'

/** A client of bare frames that says what it must and measures what it gets. No prediction, no redial. */
export interface Player<P extends AnyProtocol = AnyProtocol> {
  readonly wire: Wire
  readonly welcome: Welcome
  readonly state: StateOf<P>
  readonly tick: number
  /** ms from each frame of state to the next. */
  readonly gaps: number[]
  /** The most ticks that one frame brought. */
  readonly burst: number
  /** Deltas that came on a state that was not there: a server must not send one. */
  readonly lost: number
  /** The code in REFUSED or CLOSED, once one came. */
  readonly code: string | undefined
  /** The codes of inputs that were refused. */
  readonly refused: readonly string[]
  input(name: string, value?: unknown): void
  leave(): void
  /** Ends the connection without a word. */
  drop(): void
}

/** How a player dials. */
export interface PlayerDial {
  /** Default: a join with nothing to ask for. */
  readonly intent?: Intent
  readonly code?: string
  /** How often it confirms, in ms. Default 500, as PROTOCOL.md asks for. */
  readonly confirm?: number
}

/** What a player has seen. */
interface Seen {
  welcome: Welcome | undefined
  state: unknown
  mine: unknown
  tick: number
  burst: number
  lost: number
  code: string | undefined
  refused: string[]
}

/** Says HELLO, and resolves when the first state is there. Rejects with an Error that has the code if it is refused. */
export async function dialPlayer<P extends AnyProtocol>(
  port: number,
  protocol: P,
  { intent = { intent: 'join', ask: new Uint8Array() }, code = '', confirm = 500 }: PlayerDial = {},
): Promise<Player<P>> {
  const seen: Seen = {
    welcome: undefined,
    state: undefined,
    mine: undefined,
    tick: -1,
    burst: 0,
    lost: 0,
    code: undefined,
    refused: [],
  }
  const gaps: number[] = []
  const { promise: entered, resolve, reject } = Promise.withResolvers<void>()
  let last = 0
  const path = `/r/${protocol.name}${code && `/${code}`}`
  const wire = await dialWire(port, path, ({ opcode, payload }) => {
    if (opcode === opcodes.PING) wire.socket.write(frame(opcodes.PONG, payload))
    if (opcode !== opcodes.BINARY) return
    const kind = payload[0]
    read(seen, protocol, new Reader(payload), () => say(writeAskFull))
    if (kind === down.FULL || kind === down.DELTA) {
      const now = performance.now()
      if (last > 0) gaps.push(now - last)
      last = now
      resolve()
    }
  })
  const say = (write: (w: Writer) => void): void => {
    const w = new Writer()
    write(w)
    wire.send(w.take())
  }
  void wire.ended.then((how) => {
    clearInterval(confirming)
    reject(Object.assign(new Error(`ended: ${seen.code ?? how}`), { code: seen.code ?? how }))
  })
  say((w) =>
    writeHello(w, { wire: WIRE, protocol: protocol.name, hash: protocol.hash, ticket: '', ...intent }),
  )
  const confirming = setInterval(() => say((w) => writeConfirm(w, Math.max(0, seen.tick), 0)), confirm)
  await entered
  let seq = seen.welcome!.ack
  // What was read by the types of P is of P, and nobody is in without WELCOME and a state.
  return Object.assign(
    seen as Pick<Player<P>, 'welcome' | 'state' | 'tick' | 'burst' | 'lost' | 'code' | 'refused'>,
    {
      wire,
      gaps,
      input(name: string, value?: unknown) {
        const sent = { seq: ++seq, input: protocol.inputs.findIndex((named) => named.name === name), value }
        say((w) => writeInput(w, protocol.inputs, sent, { confirmed: Math.max(0, seen.tick) }))
      },
      leave: () => say(writeLeave),
      drop: () => wire.socket.resetAndDestroy(),
    },
  )
}

/** Takes one frame, as any client must. */
function read(seen: Seen, protocol: AnyProtocol, r: Reader, askFull: () => void): void {
  const kind = r.u8()
  if (kind === down.WELCOME) seen.welcome = readWelcome(r)
  else if (kind === down.REFUSED || kind === down.CLOSED) seen.code = readReason(r).code
  else if (kind === down.OWN) {
    const { tick } = readStamp(r)
    const own = readOwn(r, tick, seen.mine, protocol)
    seen.mine = own.mine ?? seen.mine
    for (const { code } of own.refusals ?? []) seen.refused.push(code)
  } else if (kind === down.FULL) {
    seen.tick = readStamp(r).tick
    seen.state = readFull(r, protocol.state)
  } else if (kind === down.DELTA) {
    const { tick } = readStamp(r)
    const back = readBack(r)
    if (tick - back !== seen.tick) {
      seen.lost++
      return askFull()
    }
    seen.burst = Math.max(seen.burst, back)
    seen.state = readDelta(r, tick, seen.state, protocol).state
    seen.tick = tick
  }
}
