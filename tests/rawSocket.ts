import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { writeHello } from '../packages/hoopsnake/src/core/frames/hello.ts'
import { WIRE } from '../packages/hoopsnake/src/core/frames/kinds.ts'
import { Writer } from '../packages/hoopsnake/src/wire/writer.ts'

/* What no HTTP or WebSocket client would send: bytes as a test wants them. */

export function hello(ticket = ''): Uint8Array {
  const w = new Writer()
  writeHello(w, { wire: WIRE, protocol: 'snake', hash: 1, ticket, intent: 'watch' })
  return w.take()
}

/** Sends the lines of an HTTP request as they are; gives the socket. */
export function request(port: number, head: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.write(head)
  socket.on('error', () => {})
  return socket
}

export const upgrade = [
  'GET /r/snake HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n')

/** A WebSocket frame as a client sends it, masked with zeros. */
export function frame(first: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255]
  return Buffer.from([first, ...size, 0, 0, 0, 0, ...payload])
}

/** Listens to a connection from now on. */
export function hearing(stream: Duplex) {
  let seen = Buffer.alloc(0)
  let look = (): void => {}
  stream.on('data', (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk])
    look()
  })
  return {
    /** Resolves once these bytes have come; they, and what came before, are then forgotten. */
    until: (bytes: string | Buffer) =>
      new Promise<void>((resolve) => {
        look = () => {
          const at = seen.indexOf(bytes)
          if (at < 0) return
          seen = seen.subarray(at + bytes.length)
          resolve()
        }
        look()
      }),
  }
}

/** An upgraded connection whose client is in. */
export async function inside(stream: Duplex) {
  const heard = hearing(stream)
  stream.write(upgrade)
  await heard.until('\r\n\r\n')
  stream.write(frame(0x82, hello()))
  await heard.until(Buffer.of(0x82, 1, 200))
  return heard
}

export const tooMany = Buffer.of(0x88, 2, 1008 >> 8, 1008 & 255)

/** Resolves when a connection is over, however it ends, with all that came on it. */
export function ended(socket: Socket): Promise<string> {
  let all = ''
  socket.on('data', (chunk: Buffer) => (all += chunk.toString('latin1')))
  return new Promise((resolve) => socket.once('close', () => resolve(all)))
}
