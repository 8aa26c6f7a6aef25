/*
 * What a connection costs that does nothing: by how much the memory of a server grows when so many come where as many are
 * already. So what a server needs anyway, or grows to with the first ones, does not count.
 *
 * Ours have a seat in a room that sleeps, and are pinged now and then; those of ws are only there.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { count, type Bench } from './bench.ts'
import { startLoad, type Load } from './load/load.ts'
import { atMost } from './measure/figures.ts'
import { ratio, rounds, spread } from './measure/pairs.ts'
import { installPeers, peerVersions } from './measure/peers.ts'
import { startServer } from './measure/program.ts'
import { progress } from './measure/progress.ts'

/** Until what coming has left behind is collected, in ms. */
const SETTLE = 1500

const sides = {
  hoopsnake: { dialect: 'pressing', args: ['bench/small/server.ts'] },
  ws: { dialect: 'bare', args: ['bench/peers/small.mjs'] },
} as const

export const bench: Bench = {
  about: 'the memory of an idle connection, against bare ws',
  options: {
    clients: { default: '3000', about: 'how many are there' },
    pairs: { default: '7', about: 'rounds' },
  },
  async run(ask) {
    const [players, pairs] = [count(ask, 'clients'), count(ask, 'pairs')]
    await installPeers()
    const load = startLoad()
    try {
      const found = await rounds(
        pairs,
        {
          hoopsnake: () => memory(load, 'hoopsnake', players),
          ws: () => memory(load, 'ws', players),
        },
        progress,
      )
      return { ...results(found), versions: await peerVersions() }
    } finally {
      await load.stop()
    }
  },
}

/** Gives the memory that each connection costs, in KiB. */
async function memory(load: Load, side: keyof typeof sides, players: number): Promise<number> {
  const { dialect, args } = sides[side]
  const server = await startServer(args, { SMALL_SLEEPS: 'yes' })
  try {
    const ask = { dialect, port: server.port, turns: 0, idle: true } as const
    await load.join({ ...ask, players })
    await wait(SETTLE)
    const before = server.memory()
    await load.join({ ...ask, players })
    await wait(SETTLE)
    const bytes = server.memory() - before
    await load.leave()
    return bytes / 1024 / players
  } finally {
    await server.stop()
  }
}

function results(found: Readonly<Record<keyof typeof sides, readonly number[]>>) {
  return {
    figures: [atMost('memory of an idle connection / ws', ratio(found.hoopsnake, found.ws), 1.25)],
    tables: [
      {
        title: 'Idle connections: memory in RAM for each, in KiB',
        rows: (['hoopsnake', 'ws'] as const).map((server) => {
          const { median, low, high } = spread(found[server])
          return { server, median, least: low, most: high }
        }),
      },
    ],
  }
}
