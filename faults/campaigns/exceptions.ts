import { Writer } from 'hoopsnake'
import { atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { breaks, faulty, faultyEvents, places, type Where } from '../faulty.ts'
import { startOwn } from '../own.ts'
import type { Program } from '../program.ts'
import { dialPlayer, type Player } from '../player.ts'
import { calm } from '../rooms.ts'
import { after, within } from '../spread.ts'

type Faulty = typeof faulty.of

/** INPUT 1, `break`, with a value. */
const breakingInput = (value: number): Uint8Array => Uint8Array.of(2, 1, 0, 1, value)

/** What is told to whoever is in the room, or would come into it, when it throws there; '-': nothing, and it goes on. */
const told: Record<Where, string> = {
  none: '-',
  load: 'CRASHED',
  create: 'CRASHED',
  hidden: 'CRASHED',
  mine: 'INPUT_FAILED',
  join: 'INPUT_FAILED',
  tick: 'CRASHED',
  idle: 'CRASHED',
  deadline: 'CRASHED',
  input: 'INPUT_FAILED',
  message: 'CRASHED',
  result: 'CRASHED',
  work: '-',
  later: '-',
  job: '-',
  leave: 'CRASHED',
  // Who was away comes back to a room that is gone.
  away: 'GONE',
  back: 'CRASHED',
  late: 'CRASHED',
  'type write': 'CRASHED',
  'type diff': 'CRASHED',
  'type copy': 'INPUT_FAILED',
  'type read': 'INPUT_FAILED',
}

export const campaign: Campaign = {
  about: 'a throw in each hook, handler, type and job of one room, while --count others are timed',
  usual: { count: 100, seconds: 0 },
  async run({ count, progress }) {
    const figures: Figure[] = []
    for (const threads of [0, 2]) {
      const where = threads === 0 ? 'inline' : `threads(${threads})`
      progress(`${where}: ${count} rooms that are timed, ${places.length} that throw`)
      for (const figure of await run(threads, count))
        figures.push({ ...figure, name: `${where}: ${figure.name}` })
    }
    return figures
  },
}

async function run(threads: number, count: number): Promise<Figure[]> {
  await using server = await startOwn({ threads })
  const others = await Promise.all(Array.from({ length: count }, () => open(server)))
  // The first ticks compile what runs then.
  await after(1000)
  const before = missedBy(others)
  let missed: number | undefined
  const wrong: string[] = []
  const tried = threads === 0 ? places : places.filter((place) => place !== 'late')
  for (const place of tried) {
    // Who is late, all are: the ticks before that count.
    if (place === 'late') missed = missedBy(others) - before
    const heard = await provoke(server, place).catch(({ code }: { code: string }) => code)
    if (heard !== told[place]) wrong.push(`${place}: ${heard}`)
  }
  await after(200)
  missed ??= missedBy(others) - before
  const { ok } = await server.health()
  const unlogged = tried.filter(
    (place) => place !== 'none' && !server.log.some((line) => line.includes(place)),
  )
  const stopped = await server.end()
  return [
    exactly('told otherwise than they should be', wrong.join(', ') || 'none', 'none'),
    exactly('throws that were not logged', unlogged.join(', ') || 'none', 'none'),
    atMost('ticks that others missed', missed, 0),
    exactly('others that were closed', others.filter(({ code }) => code !== undefined).length, 0),
    exactly('the process is up', String(ok), 'true'),
    exactly('exit code after SIGTERM', stopped, 0),
  ]
}

function missedBy(players: readonly Player<typeof calm.of>[]): number {
  return players.reduce((sum, { state }) => sum + state.skipped + state.dilated, 0)
}

/** Opens a room of its own for one player. */
function open(server: Program): Promise<Player<typeof calm.of>> {
  // Public, no options, nothing to ask for.
  return dialPlayer(server.port, calm.of, {
    intent: { intent: 'create', private: false, ask: Uint8Array.of(0) },
  })
}

/** Opens a room that throws there, and makes it do so. Gives the code that its player is told, '-' for none. */
async function provoke(server: Program, where: Where): Promise<string> {
  const { of } = where === 'deadline' ? faultyEvents : faulty
  const w = new Writer()
  w.u8(1)
  of.options.write(w, { where })
  let player = await dialPlayer(server.port, of, {
    intent: { intent: 'create', private: false, ask: w.take() },
  })
  if (where === 'type read' || where === 'type copy') player.wire.send(breakingInput(breaks[where]))
  else player.input('go')
  if (where === 'type write') await another(server.port, player)
  if (where === 'late') await server.ask('block', 500)
  if (where === 'away' || where === 'back') player = await again(server.port, player)
  if (where === 'leave') player.leave()
  await within(500, () => player.code !== undefined || player.refused.length > 0)
  player.drop()
  return player.code ?? player.refused[0] ?? '-'
}

/** Has somebody else join, who needs the whole state. */
async function another(port: number, { welcome }: Player<Faulty>): Promise<void> {
  const joined = await dialPlayer(port, faulty.of, { code: welcome.room }).catch(() => undefined)
  joined?.drop()
}

/** Loses the connection, and comes back to the seat. */
async function again(port: number, player: Player<Faulty>): Promise<Player<Faulty>> {
  const { room: code, token, epoch } = player.welcome
  player.drop()
  await after(100)
  return dialPlayer(port, faulty.of, { code, intent: { intent: 'resume', token, epoch, tick: player.tick } })
}
