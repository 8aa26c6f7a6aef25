import { Reader } from '../wire/reader.ts'
import type { Dial, Ends, Line } from '../client/dial.ts'
import type { Clock } from '../core/clock.ts'
import { readHello } from '../core/frames/hello.ts'
import type { Connection, Link } from '../core/link.ts'
import type { Pipe } from '../core/pipe.ts'

/** How bad a network is. Everything defaults to 0. */
export interface Net {
  /** Milliseconds from one end to the other. */
  readonly latency?: number
  /** Up to so many ms more or less. */
  readonly jitter?: number
  /** Share of messages that are lost, 0 … 1. As over TCP they come all the same: later, and what is behind them too. */
  readonly loss?: number
}

/** Shortest time after which TCP sends again what was not confirmed, in ms (Linux; RFC 6298 says 1 s). */
const RETRANSMIT = 200

/** What a carrier is made from. */
export interface CarrierGiven {
  readonly clock: Clock
  /** Chance, in [0, 1). */
  readonly random: () => number
  readonly net: Net
  /** What is at the other end now; it may be another one after a restart. */
  readonly link: () => Link
  /** What `auth` would answer. */
  readonly user: unknown
  /** Hands what has arrived to the machine at the other end, which may stand still. */
  readonly run: (act: () => void) => void
  /** Shown every frame that the server sends, when it does. */
  readonly sent: (frame: Uint8Array) => void
}

/** The way between one client and the server, over all its connections. */
export interface Carrier {
  readonly dial: Dial
  /** Stops everything on its way, both ways, unnoticed: as when a cable is pulled. Nothing is lost yet. */
  cut(): void
  /** Ends the cut: what was stopped goes on, in order. */
  heal(): void
  /** Breaks every connection; both ends notice at once. */
  drop(): void
}

/** One direction of one connection: what is put in comes out in order, each thing once, some time later. */
interface Way {
  put(bytes: number, deliver: () => void): void
  /** Lets what was stopped go on. */
  resume(): void
  /** Bytes that are stopped. */
  readonly stopped: number
}

/** Makes the way of one client. */
export function createCarrier(given: CarrierGiven): Carrier {
  const state = { cut: false }
  const ways = new Set<Way>()
  const drops = new Set<() => void>()
  const createWay = (): Way => {
    const way = openWay(given, () => state.cut)
    ways.add(way)
    return way
  }
  return {
    dial(address, ends) {
      const { line, drop } = connect(given, { up: createWay(), down: createWay() }, codeOf(address), ends)
      drops.add(drop)
      return line
    },
    cut: () => void (state.cut = true),
    heal() {
      state.cut = false
      for (const way of ways) way.resume()
    },
    drop() {
      for (const drop of drops) drop()
      drops.clear()
    },
  }
}

/** Reads the room's code from `/r/<protocol>/<code>`. */
function codeOf(address: string): string {
  return decodeURIComponent(/\/r\/[^/]+\/([^/]+)$/.exec(address)?.[1] ?? '')
}

function openWay({ clock, random, net }: CarrierGiven, isCut: () => boolean): Way {
  const { latency = 0, jitter = 0, loss = 0 } = net
  const held: { bytes: number; deliver: () => void }[] = []
  let last = -Infinity
  /** When what sets out now arrives: nothing overtakes. */
  const arrival = (): number => {
    let wait = latency + jitter * (2 * random() - 1)
    for (let again = RETRANSMIT; random() < loss; again *= 2) wait += again
    last = Math.max(last, clock.now() + Math.max(0, wait))
    return last
  }
  return {
    put(bytes, deliver) {
      clock.at(arrival(), () => {
        // What is on its way while others are stopped stays behind them, also once they go on.
        if (isCut() || held.length > 0) held.push({ bytes, deliver })
        else deliver()
      })
    },
    resume() {
      if (held.length === 0) return
      clock.at(arrival(), () => {
        while (held.length > 0 && !isCut()) held.shift()!.deliver()
      })
    },
    get stopped() {
      return held.reduce((sum, { bytes }) => sum + bytes, 0)
    },
  }
}

function connect(
  given: CarrierGiven,
  ways: { up: Way; down: Way },
  code: string,
  ends: Ends,
): { line: Line; drop: () => void } {
  let connection: Connection | undefined
  /** Whether the client has been told that the line is closed, and the server that it is lost. */
  let closed = false
  let lost = false
  const close = (how: number, reason: string): void => {
    if (closed) return
    closed = true
    ends.closed(how, reason)
  }
  const lose = (): void => {
    if (lost) return
    lost = true
    connection?.lost()
  }
  const pipe: Pipe = {
    write(frame, before) {
      for (const one of before === undefined ? [frame] : [before.slice(), frame]) {
        given.sent(one)
        ways.down.put(one.length, () => !closed && ends.frame(one))
      }
    },
    get queued() {
      return ways.down.stopped
    },
    close: (how, reason) => ways.down.put(0, () => close(how, reason)),
  }
  const take = (frame: Uint8Array): void => {
    if (lost) return
    if (connection !== undefined) return connection.receive(frame)
    const hello = readHello(new Reader(frame))
    connection = given.link().connect(pipe, { hello, code, user: given.user, address: 'simulated' })
  }
  /** What arrives at the server's machine waits until it is taken up. */
  const up = (bytes: number, act: () => void): void => ways.up.put(bytes, () => given.run(act))
  // The handshake of TCP, which the machine's system answers, and that of WebSocket.
  ways.up.put(0, () => ways.down.put(0, () => up(0, () => ways.down.put(0, () => !closed && ends.open()))))
  return {
    line: {
      send: (frame) => up(frame.length, () => take(frame)),
      close: (how, reason) =>
        up(0, () => {
          lose()
          ways.down.put(0, () => close(how, reason))
        }),
    },
    drop() {
      lose()
      close(1006, '')
    },
  }
}
