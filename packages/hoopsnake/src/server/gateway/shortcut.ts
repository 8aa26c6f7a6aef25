import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/*
 * A short way for what clients send all the time: a message, ping or pong in one frame that came whole (RFC 6455, 5.2).
 *
 * u8 0x82, 0x89 or 0x8a {FIN, and binary, ping or pong} · u8 0x80 {MASK} + length, or + 126 and u16 length
 * (big-endian; only of a message) · u32 mask · payload
 *
 * ws hears whatever a WebSocket may carry, for which it takes a stream, some ten calls and as many objects for each
 * message: half of what an input costs besides the system. Whatever is not just that is left to it.
 */
const MESSAGE = 0x82
const PING = 0x89
const PONG = 0x8a

/** Whose WebSocket a socket is. */
const owner = Symbol('owner')

interface Owned extends Duplex {
  [owner]: WebSocket
}

type Listener = (this: Duplex, chunk: Buffer) => void

/**
 * Makes the short cut of a gateway whose messages have at most `most` bytes.
 *
 * It is taken by a WebSocket that was just opened, and its socket: what comes then makes the events that ws would make,
 * in the same order. With the first frame of another kind, or part of one, the socket is given back to ws, for good.
 */
export function createShortcut(most: number): (ws: WebSocket, socket: Duplex) => void {
  /** What hears sockets for ws: one function, the same for all. */
  let usual: Listener | undefined

  function hear(this: Owned, chunk: Buffer): void {
    const ws = this[owner]
    let at = 0
    while (at < chunk.length) {
      const end = hearFrame(ws, chunk, at, most)
      if (end === undefined) return giveBack(this, chunk.subarray(at))
      at = end
    }
  }
  function giveBack(socket: Owned, rest: Buffer): void {
    socket.off('data', hear)
    socket.on('data', usual!)
    usual!.call(socket, rest)
  }
  return (ws, socket) => {
    const [listener, ...others] = socket.listeners('data') as Listener[]
    usual ??= listener
    // A ws that hears its sockets in another way keeps them.
    if (listener === undefined || listener !== usual || others.length > 0) return
    ;(socket as Owned)[owner] = ws
    socket.off('data', usual)
    socket.on('data', hear)
  }
}

/** Hears the frame that begins at `at`, and gives where it ends. Undefined: it is not for us, and as it was. */
function hearFrame(ws: WebSocket, chunk: Buffer, at: number, most: number): number | undefined {
  const kind = chunk[at]!
  if (kind !== MESSAGE && kind !== PING && kind !== PONG) return undefined
  // Beyond the chunk's end there is `undefined`, which is a length that fits nowhere: NaN.
  const short = chunk[at + 1]! - 0x80
  const long = short === 126
  const length = long ? (chunk[at + 2]! << 8) | chunk[at + 3]! : short
  const mask = at + (long ? 4 : 2)
  const start = mask + 4
  const end = start + length
  const fits = short >= 0 && short < 127 && end <= chunk.length && length <= most
  if (!fits || (long && kind !== MESSAGE)) return undefined
  for (let i = 0; i < length; i++) chunk[start + i]! ^= chunk[mask + (i & 3)]!
  const payload = chunk.subarray(start, end)
  if (kind === MESSAGE) ws.emit('message', payload, true)
  else ws.emit(kind === PING ? 'ping' : 'pong', payload)
  return end
}
