import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Opcodes of RFC 6455, 5.2. */
export const opcodes = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const

/** What a frame may be, besides its opcode and payload. */
export interface FrameParts {
  /** Default true. */
  readonly fin?: boolean
  /** Reserved bits, 0 to 7. Default 0. */
  readonly rsv?: number
  /** Default true, as a client must. */
  readonly masked?: boolean
}

/** A frame that came. */
export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** A WebSocket without manners: the client's end, byte by byte. */
export interface Wire {
  readonly socket: Socket
  /** The code of the close frame that came, if one did, else how the connection ended: 'end' or 'reset'. */
  readonly ended: Promise<number | 'end' | 'reset'>
  /** Sends a whole message in one binary frame. */
  send(payload: Uint8Array): void
}

/** Writes one frame as a client sends it. */
export function frame(opcode: number, payload: Uint8Array, parts: FrameParts = {}): Buffer {
  const { fin = true, rsv = 0, masked = true } = parts
  const { length } = payload
  const head = length < 126 ? 2 : length < 0x10000 ? 4 : 10
  const bytes = Buffer.alloc(head + (masked ? 4 : 0) + length)
  bytes[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  bytes[1] = (masked ? 0x80 : 0) | (head === 2 ? length : head === 4 ? 126 : 127)
  if (head === 4) bytes.writeUInt16BE(length, 2)
  else if (head === 10) bytes.writeBigUInt64BE(BigInt(length), 2)
  // A mask of zeros is a mask, and leaves the payload to be read by whoever debugs.
  bytes.set(payload, bytes.length - length)
  return bytes
}

/** Writes the request by which a WebSocket begins. */
export function upgradeRequest(path: string): string {
  const key = randomBytes(16).toString('base64')
  const lines = [`GET ${path} HTTP/1.1`, 'Host: faults', 'Connection: Upgrade', 'Upgrade: websocket']
  return [...lines, 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`, '', ''].join('\r\n')
}

/** Dials, and resolves when the server has taken the WebSocket in. Rejects with its status line otherwise. */
export async function dialWire(
  port: number,
  path: string,
  heard: (frame: Frame) => void = () => {},
): Promise<Wire> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const { promise: ended, resolve: end } = Promise.withResolvers<number | 'end' | 'reset'>()
  socket.on('error', () => end('reset'))
  socket.on('close', () => end('end'))
  socket.write(upgradeRequest(path))
  const rest = await upgraded(socket)
  const read = frames((one) => {
    if (one.opcode === opcodes.CLOSE) end(one.payload.length >= 2 ? one.payload.readUInt16BE(0) : 1005)
    heard(one)
  })
  read(rest)
  socket.on('data', read)
  return { socket, ended, send: (payload) => void socket.write(frame(opcodes.BINARY, payload)) }
}

/** Waits for the answer to the upgrade; gives the bytes behind it. */
async function upgraded(socket: Socket): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  for (;;) {
    const [bytes] = (await Promise.race([once(socket, 'data'), gone(socket)])) as [Buffer]
    head = Buffer.concat([head, bytes])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) continue
    const [status = ''] = head.toString('latin1').split('\r\n', 1)
    if (!status.startsWith('HTTP/1.1 101')) throw new Error(`not taken in: ${status}`)
    return head.subarray(end + 4)
  }
}

async function gone(socket: Socket): Promise<never> {
  await new Promise((resolve) => socket.once('close', resolve))
  throw new Error('not taken in: the connection ended')
}

/** Makes a reader of what a server sends: frames without mask, in bits and pieces. */
function frames(heard: (frame: Frame) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    for (;;) {
      const length = wholeLength(rest)
      if (length === undefined || rest.length < length.head + length.payload) return
      const end = length.head + length.payload
      heard({ opcode: rest[0]! & 15, payload: rest.subarray(length.head, end) })
      rest = rest.subarray(end)
    }
  }
}

function wholeLength(bytes: Buffer): { head: number; payload: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 127
  if (short < 126) return { head: 2, payload: short }
  if (short === 126) return bytes.length < 4 ? undefined : { head: 4, payload: bytes.readUInt16BE(2) }
  return bytes.length < 10 ? undefined : { head: 10, payload: Number(bytes.readBigUInt64BE(2)) }
}
