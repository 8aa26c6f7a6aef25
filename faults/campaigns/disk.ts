import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { list } from 'hoopsnake/client'
import { atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { mountSmall } from '../disk.ts'
import { startOwn } from '../own.ts'
import type { Program } from '../program.ts'
import { dialPlayer, type Player } from '../player.ts'
import { kept } from '../rooms.ts'
import { after, seeded, within } from '../spread.ts'

const ROOMS = 5
/** What every room has counted when its server is killed. */
const MARKS = 3

type Room = Player<typeof kept.of>

export const campaign: Campaign = {
  about: 'the store full, read-only, cut off, and with a bit changed at --count places',
  usual: { count: 20, seconds: 0 },
  async run({ count, seed, progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'faults-'))
    try {
      progress('a server that is killed, and one that stops, leave their rooms')
      const left = { killed: join(folder, 'killed'), stopped: join(folder, 'stopped') }
      await leaveRooms(left.killed, 'SIGKILL')
      await leaveRooms(left.stopped, 'SIGTERM')
      const figures = [
        ...(await cutOff(folder, left)),
        ...(await flips(folder, left, { count, seed, progress })),
      ]
      progress('full, then read-only')
      return [...figures, ...(await refusing(folder))]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Folders that servers have left. */
interface Left {
  readonly killed: string
  readonly stopped: string
}

/** Fills some rooms, and ends their server once they are saved. */
async function leaveRooms(to: string, how: NodeJS.Signals): Promise<void> {
  mkdirSync(to)
  const server = await startOwn({ store: join(to, 'rooms.db') })
  const players = await Promise.all(Array.from({ length: ROOMS }, () => create(server)))
  for (const player of players) for (let mark = 0; mark < MARKS; mark++) player.input('mark')
  await within(5000, () => players.every(({ state }) => state.marks === MARKS))
  await after(500)
  await server.end(how)
}

function create(server: Program): Promise<Room> {
  return dialPlayer(server.port, kept.of, {
    intent: { intent: 'create', private: false, ask: Uint8Array.of(0) },
  })
}

/** What became of a store: how many rooms were open again, how many of them wrong, and what was said. */
interface Outcome {
  readonly started: boolean
  readonly right: number
  readonly wrong: number
  /** Rooms in a state in which they never were. */
  readonly never: number
  readonly said: boolean
}

/** Starts a server over a copy of what the killed one left, damaged. */
async function reopened(folder: string, killed: string, damage: (path: string) => void): Promise<Outcome> {
  const copy = join(folder, 'copy')
  rmSync(copy, { recursive: true, force: true })
  cpSync(killed, copy, { recursive: true })
  damage(join(copy, 'rooms.db'))
  let server: Program
  try {
    server = await startOwn({ store: join(copy, 'rooms.db') })
  } catch (error) {
    return {
      started: false,
      right: 0,
      wrong: 0,
      never: 0,
      said: (error as Error).message.includes('the store'),
    }
  }
  const rooms = await list(server.url, kept.of)
  const marks = await Promise.all(
    rooms.map(async ({ code }) => (await dialPlayer(server.port, kept.of, { code })).state.marks),
  )
  const said = server.log.some((line) => / error /.test(line))
  await server.end()
  const right = marks.filter((one) => one === MARKS).length
  const never = marks.filter((one) => one > MARKS).length
  return { started: true, right, wrong: marks.length - right, never, said }
}

async function cutOff(folder: string, { killed, stopped }: Left): Promise<Figure[]> {
  const size = (path: string): number => statSync(path).size
  const whole = await reopened(folder, killed, () => {})
  // Of the log of a server that was killed, what is cut off is as if it had not been written.
  const torn = await reopened(folder, killed, (path) =>
    truncateSync(`${path}-wal`, Math.floor(size(`${path}-wal`) * 0.95)),
  )
  const half = await reopened(folder, stopped, (path) => truncateSync(path, Math.floor(size(path) / 2)))
  const noise = await reopened(folder, stopped, (path) => writeFileSync(path, Buffer.alloc(20_000, 'noise')))
  return [
    exactly('killed: rooms open again', whole.right, ROOMS),
    exactly('log cut off: rooms that are wrong', torn.wrong, 0),
    exactly('log cut off: rooms open again', torn.right, ROOMS),
    ...[half, noise].flatMap((outcome, at) => {
      const name = at === 0 ? 'file cut off' : 'no database'
      return [
        exactly(`${name}: started`, String(outcome.started), 'false'),
        exactly(`${name}: said so`, String(outcome.said), 'true'),
      ]
    }),
  ]
}

/** Changes a bit at places by chance: in the file of a server that stopped, and in the log of one that was killed. */
async function flips(
  folder: string,
  { killed, stopped }: Left,
  { count, seed, progress }: { count: number; seed: number; progress: (text: string) => void },
): Promise<Figure[]> {
  const random = seeded(seed)
  const sum = { wrong: 0, silent: 0, refused: 0, said: 0 }
  for (let at = 0; at < count; at++) {
    if (at % 5 === 0) progress(`a bit changed: ${at} of ${count}`)
    const log = at % 2 === 1
    const outcome = await reopened(folder, log ? killed : stopped, (path) =>
      flip(log ? `${path}-wal` : path, random),
    )
    // SQLite takes a log as far as it is whole, and says nothing of the rest: rooms are then as they were before.
    sum.wrong += log ? outcome.never : outcome.wrong
    if (!outcome.started) sum.refused++
    if (outcome.started && outcome.said) sum.said++
    if (!log && !outcome.said && outcome.right < ROOMS) sum.silent++
  }
  return [
    exactly('a bit changed: rooms that are wrong', sum.wrong, 0),
    exactly('a bit changed in the file: rooms lost in silence', sum.silent, 0),
    atMost('a bit changed: servers that did not start, in words', sum.refused, count),
    atMost('a bit changed: rooms that were left, with an error', sum.said, count),
  ]
}

function flip(path: string, random: () => number): void {
  const bytes = readFileSync(path)
  bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8)
  writeFileSync(path, bytes)
}

/** A disk that takes nothing more: rooms go on, it is said, and it heals by itself. One that may not be written is refused. */
async function refusing(folder: string): Promise<Figure[]> {
  const disk = mountSmall(join(folder, 'small'), 512)
  if (disk === undefined)
    return [exactly('full, read-only', 'not tried: mounting needs root on Linux', 'tried')]
  const store = join(disk.path, 'rooms.db')
  try {
    await using server = await startOwn({ store })
    const player = await create(server)
    const errors = (from: number): string[] => server.log.slice(from).filter((line) => / error /.test(line))
    const before = player.state.beats
    disk.fill()
    player.input('mark')
    await within(5000, () => errors(0).length > 0)
    const said = errors(0).some((line) => line.includes('could not write a checkpoint'))
    await after(1000)
    const beats = player.state.beats - before
    disk.empty()
    await after(500)
    const healed = server.log.length
    await after(1000)
    const { marks } = player.state
    await server.end('SIGKILL')
    const back = await startOwn({ store })
    const again = await dialPlayer(back.port, kept.of, { code: player.welcome.room })
    await back.end()
    disk.readOnly()
    const refused = await startOwn({ store }).catch((error: Error) => error.message)
    return [
      exactly('full: said so', String(said), 'true'),
      exactly('full: the room goes on', String(beats >= 18), 'true'),
      exactly('full: errors once there is room again', errors(healed).length, 0),
      exactly('full: saved afterwards', again.state.marks, marks),
      exactly(
        'read-only: told in words',
        String(typeof refused === 'string' && refused.includes('cannot be used')),
        'true',
      ),
    ]
  } finally {
    disk.unmount()
  }
}
