import { join } from 'hoopsnake/client'
import { atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { startOwn } from '../own.ts'
import type { Program } from '../program.ts'
import { dialPlayer, type Player } from '../player.ts'
import { calm, failing, HZ, skipping, slowing } from '../rooms.ts'
import { after, within } from '../spread.ts'
import { counting } from '../dials.ts'

/** Ticks that a room with the usual policy makes at once. */
const CATCH_UP = 4

type Steady = Player<typeof calm.of>

export const campaign: Campaign = {
  about: 'the event loop is blocked for 0.5 s, then for 5 s, under --count players of each late policy',
  usual: { count: 50, seconds: 5 },
  async run({ count, seconds, progress }) {
    await using server = await startOwn()
    const figures: Figure[] = []
    for (const ms of [500, seconds * 1000]) {
      progress(`blocked for ${ms} ms under ${count} players of each policy`)
      for (const figure of await stall(server, ms, count))
        figures.push({ ...figure, name: `${ms} ms: ${figure.name}` })
    }
    return figures
  },
}

async function stall(server: Program, ms: number, count: number): Promise<Figure[]> {
  const enter = ({ of }: typeof calm): Promise<Steady[]> =>
    Promise.all(Array.from({ length: count }, () => dialPlayer(server.port, of)))
  const [calms, skips, slows] = [await enter(calm), await enter(skipping), await enter(slowing)]
  const dials = Array.from({ length: count }, () => counting())
  const games = await Promise.all(dials.map(({ dial }) => join(server.url, calm.of, {}, { dial })))
  // The last, for a machine that is busy makes them fail too.
  const fails = await enter(failing)
  await after(500)
  const before = [calms[0]!, skips[0]!, slows[0]!].map(counted)
  await server.ask('block', ms)
  const awake = performance.now()
  const live = await within(10_000, () => games.every(({ status }) => status === 'live'))
  const back = performance.now() - awake
  await after(500)
  const due = ((ms + 500 + back) * HZ) / 1000
  const [steady, skipped, slow] = [calms[0]!, skips[0]!, slows[0]!].map((one, at) =>
    change(before[at]!, counted(one)),
  )
  for (const one of [...calms, ...skips, ...slows]) one.drop()
  await Promise.all(games.map((game) => game.leave()))
  return [
    atMost('catchUp: due − (made + skipped), ticks', Math.abs(due - steady!.beats - steady!.skipped), 5),
    atMost('catchUp: ticks in one frame', Math.max(...calms.map(({ burst }) => burst)), CATCH_UP),
    exactly('skip: ticks in one frame', Math.max(...skips.map(({ burst }) => burst)), 1),
    atMost('skip: due − (made + skipped), ticks', Math.abs(due - skipped!.beats - skipped!.skipped), 5),
    exactly('slow: ticks in one frame', Math.max(...slows.map(({ burst }) => burst)), 1),
    atMost('slow: due − (made + put off), ticks', Math.abs(due - slow!.beats - slow!.dilated), 5),
    exactly('slow: ticks skipped', slow!.skipped, 0),
    exactly('fail: told CRASHED', fails.filter(({ code }) => code === 'CRASHED').length, count),
    exactly('players cut', [...calms, ...skips, ...slows].filter(({ code }) => code !== undefined).length, 0),
    exactly(
      'clients that play on',
      live ? games.length : games.filter(({ status }) => status === 'live').length,
      count,
    ),
    // Silence is given up after 2 s: then the line is dialled anew, once, and waits.
    atMost(
      'dials of one client besides the first',
      Math.max(...dials.map((one) => one.count - 1)),
      ms < 2000 ? 0 : 1,
    ),
    atMost('all clients play again after', back, 2000, 'ms'),
  ]
}

interface Counted {
  readonly beats: number
  readonly skipped: number
  readonly dilated: number
}

function counted({ state }: Steady): Counted {
  return { beats: state.beats, skipped: state.skipped, dilated: state.dilated }
}

function change(from: Counted, to: Counted): Counted {
  return {
    beats: to.beats - from.beats,
    skipped: to.skipped - from.skipped,
    dilated: to.dilated - from.dilated,
  }
}
