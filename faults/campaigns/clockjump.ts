import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ledBy } from '../../scripts/faketime.ts'
import { atMost, type Campaign, exactly, type Figure, type Given } from '../campaign.ts'
import { startOwn } from '../own.ts'
import { dialPlayer } from '../player.ts'
import type { Program } from '../program.ts'
import { calm, HZ } from '../rooms.ts'
import { after, quantile, within } from '../spread.ts'

const HOUR = 3_600_000

/** Until a server has another time of day, at most, in ms. */
const SOON = 5000

/** Puts the time of day of a server so many ms beside what it is. */
type Jump = (server: Program, ms: number) => unknown

export const campaign: Campaign = {
  about: 'the time of day jumps an hour on, then two back, under --count players, --seconds each',
  usual: { count: 50, seconds: 5 },
  async run(given) {
    const inside = await insideProcess(given)
    return [...inside, ...(await wholeProcess(given))]
  },
}

/** For what the server's own JavaScript reads. */
export async function insideProcess(given: Given): Promise<Figure[]> {
  await using server = await startOwn()
  return await jumps(server, given, (_, ms) => server.ask('jump', ms))
}

/** For all of the process: libraries, SQLite, Node itself. */
async function wholeProcess(given: Given): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'clockjump-'))
  const file = join(folder, 'offset')
  writeFileSync(file, '+0')
  try {
    const env = await ledBy(file).catch((error: Error) => error)
    if (env instanceof Error) return [exactly('whole process', `not tried: ${env.message}`, 'tried')]
    await using server = await startOwn({ store: join(folder, 'rooms.db') }, { env })
    const figures = await jumps(server, given, (_, ms) =>
      writeFileSync(file, `${ms < 0 ? '' : '+'}${ms / 1000}`),
    )
    return figures.map((figure) => ({ ...figure, name: `whole process: ${figure.name}` }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function jumps(server: Program, { count, seconds, progress }: Given, jump: Jump): Promise<Figure[]> {
  const players = await Promise.all(Array.from({ length: count }, () => dialPlayer(server.port, calm.of)))
  const [first] = players as [(typeof players)[0]]
  await after(500)
  const figures: Figure[] = []
  for (const [name, ms] of [
    ['+1 h', HOUR],
    ['-1 h', -HOUR],
  ] as const) {
    progress(`the time of day jumps: ${name}`)
    // Whose seat was taken before the jump comes back to it afterwards.
    const lost = await dialPlayer(server.port, calm.of)
    const { token, epoch, room: code, seat } = lost.welcome
    for (const { gaps } of players) gaps.length = 0
    const made = (): number => first.state.beats + first.state.skipped
    const [from, began] = [made(), performance.now()]
    await jump(server, ms)
    const off = async (): Promise<number> => (await server.ask('date')) - Date.now()
    await within(SOON, async () => Math.abs((await off()) - ms) < 1000)
    const jumped = Math.round((await off()) / 1000)
    lost.drop()
    await after(seconds * 1000)
    const due = ((performance.now() - began) * HZ) / 1000
    const ticks = made() - from
    const back = await dialPlayer(server.port, calm.of, {
      code,
      intent: { intent: 'resume', token, epoch, tick: lost.tick },
    })
    const gaps = players.flatMap((one) => one.gaps)
    figures.push(
      exactly(`${name}: seconds by which it jumped`, jumped, ms / 1000),
      atMost(`${name}: |ticks made and skipped − due|`, Math.abs(ticks - due), 2),
      atMost(`${name}: p99 between two frames`, quantile(gaps, 0.99), 3 * (1000 / HZ), 'ms'),
      exactly(`${name}: players cut`, players.filter((one) => one.code !== undefined).length, 0),
      exactly(`${name}: the seat one comes back to`, back.welcome.seat, seat),
    )
    back.drop()
  }
  for (const one of players) one.drop()
  return figures
}
