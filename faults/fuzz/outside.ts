import { connect } from 'node:net'
import { pit } from '../../games/snake/protocol.ts'
import { atMost, exactly, type Figure } from '../campaign.ts'
import type { Program } from '../program.ts'
import { startSnake } from '../snake.ts'
import { after, slope } from '../spread.ts'
import { dialWire, frame, opcodes, type Wire } from '../websocket.ts'
import { framesOf, type Knowledge } from './frames.ts'
import { type Dice, mutate } from './scribble.ts'

const CLIENTS = 400

/** ms between two frames of a client: it is to be heard, not to be thrown out for flooding. */
const PAUSE = 25

/** How many times as fast the server's clock goes: it is to forget whom it held a seat for. */
const SPEED = 10

/** Until seats are given up and rooms closed, in ms of the server's clock: 30 s and 60 s, and some. */
const FORGOTTEN = 100_000

/** Equal rounds in which frames are sent; the first ones warm the server up. */
const ROUNDS = 10
const WARM = 4

/** Until memory that was given back is the system's again, in ms. */
const SETTLED = 1000

/** What a server has kept after a round, in MiB. */
interface Kept {
  readonly heap: number
  /** All memory of the process. */
  readonly memory: number
  readonly files: number
}

/** Sends so many frames to the game as `npm start` runs it: good ones, bad ones, and what is no WebSocket. */
export async function outside(
  count: number,
  dice: Dice,
  progress: (text: string) => void,
): Promise<Figure[]> {
  await using server = await startSnake(['--bots', '0'], { speed: SPEED })
  const rounds: Kept[] = []
  let sent = 0
  for (let round = 1; round <= ROUNDS; round++) {
    await Promise.all(Array.from({ length: CLIENTS }, () => noise(server.port, dice)))
    sent += await send(server.port, Math.ceil(count / ROUNDS), dice)
    await after(FORGOTTEN / SPEED)
    const kept = await keptBy(server)
    rounds.push(kept)
    progress(
      `${sent} frames on sockets; heap ${kept.heap.toFixed(2)}, process ${kept.memory.toFixed(1)} MiB, ${kept.files} files`,
    )
  }
  const { ok, connections, rooms } = await server.health()
  const errors = server.log.filter((line) => / error | (input|join|frame|dial) failed|Error/.test(line))
  for (const line of errors.slice(0, 10)) console.error(line)
  return [
    atMost('sockets: errors in the log', errors.length, 0),
    exactly('sockets: frames sent', sent >= count ? 'all' : `${sent}`, 'all'),
    exactly('sockets: healthy afterwards', String(ok), 'true'),
    exactly('sockets: connections left', connections, 0),
    exactly('sockets: rooms left', rooms, 0),
    ...growth(rounds.slice(WARM)),
  ]
}

/** Sends so many frames from many clients at once; gives how many it sent. */
async function send(port: number, count: number, dice: Dice): Promise<number> {
  const frames = framesOf(pit, dice)
  let sent = 0
  const client = async (): Promise<void> => {
    while (sent < count) {
      if (dice(50) === 0) await noise(port, dice)
      const know: Knowledge = { seq: 0, tick: 0, epoch: 1, token: '' }
      const wire = await dialWire(port, '/r/snake').catch(() => undefined)
      if (wire === undefined) {
        // Who was too fast on a busy machine is kept out for a while.
        await after(1000)
        continue
      }
      let over = false
      void wire.ended.then(() => (over = true))
      wire.send(frames.hello(know))
      while (!over && sent < count) {
        say(wire, frames.next(know), dice)
        sent++
        await after(PAUSE)
      }
      wire.socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return sent
}

/** Measures once garbage is collected and given back. */
async function keptBy(server: Program): Promise<Kept> {
  await server.ask('memory')
  await after(SETTLED)
  const { heap } = await server.ask('memory')
  await after(SETTLED)
  return { heap: heap / 2 ** 20, memory: server.memory() / 2 ** 20, files: server.files() }
}

/** By how much rounds that are all the same leave more than the one before. */
function growth(rounds: readonly Kept[]): Figure[] {
  const perRound = (what: keyof Kept): number => slope(rounds.map((kept, round) => [round, kept[what]]))
  return [
    atMost('sockets: heap more per round', perRound('heap'), 0.05, 'MiB'),
    atMost('sockets: memory of the process more per round', perRound('memory'), 2, 'MiB'),
    atMost('sockets: files more per round', perRound('files'), 0),
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
