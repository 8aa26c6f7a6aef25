/* One client of the load: a bare socket that speaks WebSocket. */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { FrameReader, frameOf, opcode, type Take } from './frames.ts'

/** How long a server may take until a client is connected, and until it is gone, in ms. */
const PATIENCE = 20_000
/** Where all sockets put what they read, one after another: nothing is made for a read. */
const lent = Buffer.allocUnsafe(64 * 1024)

export interface Client {
  send(payload: Uint8Array): void
  sendText(text: string): void
  /** Says that nothing more will be sent. Resolves when the server has closed, and rejects if it does not. */
  end(): Promise<void>
  /** Reads no further, or reads on: a client whose machine stands still. */
  stall(still: boolean): void
}

export interface Ends {
  /** Called once, when the WebSocket is open. */
  open(client: Client): void
  /** Called with the number of bytes of each read, before the messages in it. */
  read(bytes: number): void
  readonly take: Take
  /** Called once when the connection is lost, or never opened. */
  lost(why: string): void
}

/** Connects to 127.0.0.1. `path` is where the WebSocket is, e.g. `/r/snake`. */
export function connectTo(port: number, path: string, ends: Ends): void {
  let state: 'dialling' | 'open' | 'ending' | 'over' = 'dialling'
  let head = ''
  const reader = new FrameReader((kind, payload) => {
    if (kind === opcode.ping) socket.write(frameOf(opcode.pong, payload))
    else if (kind === opcode.close) over(closing(payload))
    else if (state === 'open') ends.take(kind, payload)
  })
  const callback = (size: number, buffer: Uint8Array): boolean => {
    const chunk = buffer.subarray(0, size)
    if (state === 'open') {
      ends.read(size)
      reader.push(chunk)
    } else if (state === 'dialling') {
      head += Buffer.from(chunk).toString('latin1')
      shakeHands()
    }
    return true
  }
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: lent, callback } })
  let deadline = setTimeout(() => over('no answer to the upgrade'), PATIENCE)
  // What is sent last would be lost if the socket were destroyed with something unread: the end is the server's.
  const end = async (): Promise<void> => {
    if (state === 'over') return
    state = 'ending'
    let overdue = false
    deadline = setTimeout(() => {
      overdue = true
      socket.destroy()
    }, PATIENCE)
    socket.end()
    await new Promise((resolve) => socket.once('close', resolve))
    if (overdue) throw new Error('the server did not let go of a client that left')
  }
  const over = (why: string): void => {
    if (state === 'over') return
    const told = state !== 'ending'
    state = 'over'
    clearTimeout(deadline)
    socket.destroy()
    if (told) ends.lost(why)
  }
  const shakeHands = (): void => {
    const length = head.indexOf('\r\n\r\n')
    if (length < 0) return
    if (!head.startsWith('HTTP/1.1 101')) return over(head.slice(0, head.indexOf('\r\n')))
    state = 'open'
    clearTimeout(deadline)
    ends.open({
      send: (payload) => void socket.write(frameOf(opcode.binary, payload)),
      sendText: (text) => void socket.write(frameOf(opcode.text, Buffer.from(text))),
      end,
      stall: (still) => void (still ? socket.pause() : socket.resume()),
    })
    const rest = Buffer.from(head.slice(length + 4), 'latin1')
    if (rest.length > 0) callback(rest.length, rest)
  }
  socket.on('error', ({ message }) => over(message))
  socket.on('close', () => over('the connection was lost'))
  socket.write(upgrade(path, port))
}

function closing(payload: Uint8Array): string {
  if (payload.length < 2) return 'closed by the server'
  return `closed by the server: ${(payload[0]! << 8) | payload[1]!} ${Buffer.from(payload.subarray(2)).toString()}`
}

function upgrade(path: string, port: number): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n')
}
