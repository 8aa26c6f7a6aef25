/*
 * Clients that stand still for 1, 5 and 30 seconds in a room where things come and go, and each tick has 190 KB.
 *
 * What waits for one of them in the server is asked of its sockets, every 10 ms; what the system holds is not counted.
 * They count as divergent if afterwards they have another state, at any tick, than a client that read all along.
 */
import { count, type Bench, type Row } from './bench.ts'
import { startLoad, type Load } from './load/load.ts'
import type { StallCount } from './load/stall.ts'
import { atMost } from './measure/figures.ts'
import { rounds, spread } from './measure/pairs.ts'
import { startServer, type Server } from './measure/program.ts'
import { progress } from './measure/progress.ts'

const PLAYERS = 10
const STALLED = 3
const NOISE = 190_000
/** Most that may wait for one client, in KiB. */
const HELD = 256

/** A stall, and the most that waited in one socket meanwhile, in KiB. */
interface Found extends StallCount {
  readonly ms: number
  readonly stalled: number
  readonly held: number
}

export const bench: Bench = {
  about:
    'clients that stand still: what is held for them, what they have afterwards, and what it costs the others',
  options: {
    pairs: { default: '7', about: 'rounds of one second, with and without' },
    long: { default: '5,30', about: 'longer stalls, in seconds, once each' },
  },
  async run(ask) {
    const load = startLoad()
    const env = { SMALL_NOISE: String(NOISE), SMALL_WATCHED: 'yes' }
    const server = await startServer(['bench/small/server.ts'], env)
    const during = (stalled: number, ms: number) => () => one({ load, server, stalled, ms })
    try {
      const things = { without: during(0, 1000), with: during(STALLED, 1000) }
      await rounds(1, things, (text) => progress(`warming up, ${text}`))
      const short = await rounds(count(ask, 'pairs'), things, progress)
      const long: Found[] = []
      for (const seconds of ask['long']!.split(',').map(Number)) {
        progress(`standing still for ${seconds} s`)
        long.push(await during(STALLED, 1000 * seconds)())
      }
      return results(short.without, [...short.with, ...long])
    } finally {
      await Promise.all([load.stop(), server.stop()])
    }
  },
}

interface Plan {
  readonly load: Load
  readonly server: Server
  readonly stalled: number
  readonly ms: number
}

async function one({ load, server, stalled, ms }: Plan): Promise<Found> {
  const held = async (): Promise<number> =>
    Number(await (await fetch(`http://127.0.0.1:${server.port}/held`)).text()) / 1024
  await held()
  const found = await load.stall({ port: server.port, players: PLAYERS, stalled, ms })
  return { ...found, ms, stalled, held: await held() }
}

function results(without: readonly Found[], stalls: readonly Found[]) {
  const most = (pick: (one: Found) => number, of: readonly Found[] = stalls): number =>
    Math.max(...of.map(pick))
  const late = spread(stalls.map((one) => one.late))
  return {
    figures: [
      atMost(
        'clients that diverged',
        most(({ divergent }) => divergent),
        0,
      ),
      atMost(
        'clients that were lost',
        most(({ lost }) => lost),
        0,
      ),
      atMost(
        'most held for one of them (KiB)',
        most(({ held }) => held),
        HELD,
      ),
      atMost(
        'p99 late of the others / the most without a stall',
        late.median / most((one) => one.late, without),
        1,
      ),
    ],
    tables: [{ title: 'Standing still', rows: [...without, ...stalls].map(rowOf) }],
  }
}

function rowOf({ ms, stalled, late, held, divergent, fulls }: Found): Row {
  return {
    'stand still': stalled,
    seconds: ms / 1000,
    'others p99 late (ms)': late,
    'most held (KiB)': held,
    divergent,
    fulls,
  }
}
