import { Writer } from 'hoopsnake'
import { writeHello } from '../../packages/hoopsnake/src/core/frames/hello.ts'
import { WIRE } from '../../packages/hoopsnake/src/core/frames/kinds.ts'
import { writeConfirm, writeInput } from '../../packages/hoopsnake/src/core/frames/play.ts'
import { atMost, type Campaign, exactly, type Figure, type Size } from '../campaign.ts'
import { startOwn } from '../own.ts'
import type { Program } from '../program.ts'
import { dialPlayer, type Player } from '../player.ts'
import { calm, HZ } from '../rooms.ts'
import { after, quantile, tally } from '../spread.ts'
import { dialWire, frame, opcodes } from '../websocket.ts'

/** Messages per second of one flooder. */
const RATE = 10_000

/** How the flooders flood: what they send over and over, and how that ends for them. */
const floods: Readonly<Record<string, { readonly message: Buffer; readonly ends: number }>> = {
  CONFIRM: { message: binary((w) => writeConfirm(w, 0, 0)), ends: 4001 },
  inputs: {
    message: binary((w) =>
      writeInput(w, calm.of.inputs, { seq: 1, input: 0, value: undefined }, { confirmed: 0 }),
    ),
    ends: 4001,
  },
  pings: { message: frame(opcodes.PING, Buffer.from('are you there?')), ends: 4001 },
  'empty messages': { message: frame(opcodes.BINARY, new Uint8Array()), ends: 4001 },
  text: { message: frame(opcodes.TEXT, Buffer.from('{}')), ends: 4001 },
  '4 KiB messages': { message: frame(opcodes.BINARY, new Uint8Array(4096)), ends: 4001 },
  // Ten a second.
  '1 MB messages': { message: frame(opcodes.BINARY, new Uint8Array(1_000_000)), ends: 1009 },
}

export const campaign: Campaign = {
  about: '10,000 messages, pings or megabytes a second from each of --count clients, for --seconds',
  usual: { count: 3, seconds: 3 },
  async run({ count, seconds, progress }) {
    const figures: Figure[] = []
    for (const [name, { message, ends }] of Object.entries(floods)) {
      progress(`${count} clients flood with ${name}`)
      // A new server for each: who floods is banned for a while.
      await using server = await startOwn()
      for (const figure of await flood(server, message, ends, { count, seconds }))
        figures.push({ ...figure, name: `${name}: ${figure.name}` })
    }
    return figures
  },
}

async function flood(
  server: Program,
  message: Buffer,
  wanted: number,
  { count, seconds }: Size,
): Promise<Figure[]> {
  const others = await Promise.all(Array.from({ length: 50 }, () => dialPlayer(server.port, calm.of)))
  await after(1000)
  const before = await timed(others, () => after(seconds * 1000))
  const ends: (number | string)[] = []
  const meanwhile = await timed(others, async () => {
    const until = performance.now() + seconds * 1000
    await Promise.all(Array.from({ length: count }, () => flooder(server, message, until, ends)))
    await after(Math.max(0, until - performance.now()))
  })
  await after(200)
  const { connections } = await server.health()
  for (const other of others) other.drop()
  const counts = tally(ends)
  return [
    exactly(
      `flooders ended by ${wanted} or turned away`,
      (counts.get(wanted) ?? 0) + (counts.get(429) ?? 0),
      ends.length,
    ),
    atMost('more p99 of others between two frames', meanwhile.p99 - before.p99, 2 * (1000 / HZ), 'ms'),
    atMost('ticks that others missed', meanwhile.missed, 0),
    exactly('others that were closed', others.filter(({ code }) => code !== undefined).length, 0),
    exactly('connections left', connections, others.length),
  ]
}

interface Timed {
  readonly p99: number
  readonly missed: number
}

/** Measures what others notice meanwhile. */
async function timed(others: readonly Player<typeof calm.of>[], act: () => Promise<unknown>): Promise<Timed> {
  for (const { gaps } of others) gaps.length = 0
  const missed = (): number => others[0]!.state.skipped
  const before = missed()
  await act()
  return {
    p99: quantile(
      others.flatMap(({ gaps }) => gaps),
      0.99,
    ),
    missed: missed() - before,
  }
}

/** Floods, and dials anew whenever it is thrown out, until it is time. */
async function flooder(
  server: Program,
  message: Buffer,
  until: number,
  ends: (number | string)[],
): Promise<void> {
  const large = message.length > 100_000
  const many = large ? 1 : RATE / 100
  const burst = Buffer.concat(Array.from({ length: many }, () => message))
  while (performance.now() < until) {
    const wire = await dialWire(server.port, '/r/calm').catch(() => undefined)
    if (wire === undefined) return void ends.push(429)
    wire.send(hello())
    const flooding = setInterval(
      () => {
        // As fast as the server reads: a flooder that fills its own memory hurts itself.
        if (wire.socket.writableLength < 2_000_000) wire.socket.write(burst)
      },
      large ? 100 : 10,
    )
    ends.push(await wire.ended)
    clearInterval(flooding)
    wire.socket.destroy()
  }
}

function hello(): Uint8Array {
  const w = new Writer()
  writeHello(w, {
    wire: WIRE,
    protocol: calm.of.name,
    hash: calm.of.hash,
    ticket: '',
    intent: 'join',
    ask: new Uint8Array(),
  })
  return w.take()
}

function binary(write: (w: Writer) => void): Buffer {
  const w = new Writer()
  write(w)
  return frame(opcodes.BINARY, w.take())
}
