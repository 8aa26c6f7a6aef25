import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { pit } from '../../games/snake/protocol.ts'
import { atMost, exactly, type Figure } from '../campaign.ts'
import { startSnake } from '../snake.ts'
import { after } from '../spread.ts'
import { dialWire, frame, opcodes, type Wire } from '../websocket.ts'
import { framesOf, type Knowledge } from './frames.ts'
import { type Dice, mutate } from './scribble.ts'

const CLIENTS = 400

/** ms between two frames of a client: it is to be heard, not to be thrown out for flooding. */
const PAUSE = 25

/** Sends so many frames to the game as `npm start` runs it: good ones, bad ones, and what is no WebSocket. */
export async function outside(
  count: number,
  dice: Dice,
  progress: (text: string) => void,
): Promise<Figure[]> {
  await using server = await startSnake(['--bots', '0'])
  const frames = framesOf(pit, dice)
  let sent = 0
  const past = { memory: 0, files: 0 }
  const client = async (): Promise<void> => {
    while (sent < count) {
      if (dice(50) === 0) await noise(server.port, dice)
      const know: Knowledge = { seq: 0, tick: 0, epoch: 1, token: '' }
      const wire = await dialWire(server.port, '/r/snake').catch(() => undefined)
      if (wire === undefined) {
        // Who was too fast on a busy machine is kept out for a while.
        await after(5000)
        continue
      }
      let over = false
      void wire.ended.then(() => (over = true))
      wire.send(frames.hello(know))
      while (!over && sent < count) {
        say(wire, frames.next(know), dice)
        sent++
        if (sent % 20_000 === 0) progress(`${sent} frames on sockets`)
        await after(PAUSE)
      }
      wire.socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, () => noise(server.port, dice)))
  past.memory = server.memory()
  past.files = openFiles(server.child.pid!)
  await Promise.all(Array.from({ length: CLIENTS }, client))
  await after(500)
  const { ok, connections } = await server.health()
  const errors = server.log.filter((line) => / error | (input|join|frame|dial) failed|Error/.test(line))
  for (const line of errors.slice(0, 10)) console.error(line)
  return [
    atMost('sockets: errors in the log', errors.length, 0),
    exactly('sockets: frames sent', sent >= count ? 'all' : `${sent}`, 'all'),
    exactly('sockets: healthy afterwards', String(ok), 'true'),
    exactly('sockets: connections left', connections, 0),
    atMost('sockets: files left open', openFiles(server.child.pid!) - past.files, 2),
    atMost('sockets: memory more', (server.memory() - past.memory) / 2 ** 20, 100, 'MiB'),
  ]
}

/** Sends a frame, now and then in a way that a WebSocket may not. */
function say(wire: Wire, bytes: Uint8Array, dice: Dice): void {
  const how = dice(400)
  if (how === 0) wire.socket.write(mutate(frame(opcodes.BINARY, bytes), dice))
  else if (how === 1)
    wire.socket.write(frame(dice(16), bytes, { rsv: dice(8), fin: dice(2) === 0, masked: dice(2) === 0 }))
  else if (how === 2) wire.socket.write(frame(opcodes.CLOSE, bytes.subarray(0, 125)))
  else if (how < 10) wire.socket.write(frame(opcodes.PING, bytes.subarray(0, 125)))
  else wire.send(bytes)
}

/** Dials, and says what is no HTTP, or half of it. */
async function noise(port: number, dice: Dice): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => {})
  const request = Buffer.from(
    'GET /r/snake HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  )
  socket.end(mutate(request, dice))
  socket.resume()
  await closed
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0
  }
}
