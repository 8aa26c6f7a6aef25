/*
 * What an input costs: the same clients, ticking along, with twenty inputs a second each and with none. The difference
 * is what inputs cost, from the socket until they are applied and acknowledged.
 *
 * Against ws with a handler that reads one byte, and sends as many messages as our rooms send frames.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { count, type Bench } from './bench.ts'
import { startLoad, MOST_LOAD, type Load, type Window } from './load/load.ts'
import { atMost } from './measure/figures.ts'
import { ratio, rounds, spread } from './measure/pairs.ts'
import { installPeers, peerVersions } from './measure/peers.ts'
import { startServer, type Server } from './measure/program.ts'
import { progress } from './measure/progress.ts'

const REST = 250
/** From the last join until counting begins, in ms: clients ask more often until they know the clock. */
const SETTLE = 2500
/** How often each client sends an input, in ms. */
const EVERY = 50

const sides = {
  hoopsnake: { dialect: 'pressing', args: ['bench/small/server.ts'] },
  ws: { dialect: 'bare', args: ['bench/peers/small.mjs'] },
} as const
type Side = keyof typeof sides

/** What the server used while clients sent nothing, and while they sent inputs. */
interface Found {
  readonly quiet: Window
  readonly busy: Window
}

export const bench: Bench = {
  about: 'an input, from the socket until it is applied and acknowledged, against a bare ws handler',
  options: {
    clients: { default: '500', about: 'how many send' },
    seconds: { default: '3', about: 'how long each is counted in each round' },
    pairs: { default: '7', about: 'rounds' },
  },
  async run(ask) {
    const [players, pairs, ms] = [count(ask, 'clients'), count(ask, 'pairs'), 1000 * count(ask, 'seconds')]
    await installPeers()
    const load = startLoad()
    const servers = new Map<Side, Server>()
    try {
      for (const side of ['hoopsnake', 'ws'] as const) servers.set(side, await startServer(sides[side].args))
      const measure = (side: Side) => () => both({ load, server: servers.get(side)!, side, players, ms })
      const things = { hoopsnake: measure('hoopsnake'), ws: measure('ws') }
      await rounds(1, things, (text) => progress(`warming up, ${text}`))
      return { ...results(await rounds(pairs, things, progress), players), versions: await peerVersions() }
    } finally {
      await Promise.all([load, ...servers.values()].map((program) => program.stop()))
    }
  },
}

interface Plan {
  readonly load: Load
  readonly server: Server
  readonly side: Side
  readonly players: number
  readonly ms: number
}

/** The same clients for both: what they cost otherwise is the same. */
async function both({ load, server, side, players, ms }: Plan): Promise<Found> {
  await load.join({ dialect: sides[side].dialect, port: server.port, players, turns: 0 })
  await wait(SETTLE)
  const quiet = await load.measure(server.pid, ms)
  await load.turn(EVERY)
  await wait(REST)
  const busy = await load.measure(server.pid, ms)
  await load.leave()
  await wait(REST)
  return { quiet, busy }
}

/** CPU time per input, in µs: what is used more than without. NaN where the load could not keep up. */
function cost({ quiet, busy }: Found, players: number): number {
  if (Math.max(quiet.load, busy.load) > MOST_LOAD) return NaN
  const inputs = (players * busy.ms) / EVERY
  return (1000 * (busy.cpu - (quiet.cpu / quiet.ms) * busy.ms)) / inputs
}

function results(found: Readonly<Record<Side, readonly Found[]>>, players: number) {
  const costs = (side: Side): number[] => found[side].map((one) => cost(one, players))
  return {
    figures: [atMost('CPU of an input / the same of ws', ratio(costs('hoopsnake'), costs('ws')), 1.15)],
    tables: [
      {
        title: 'Inputs: CPU of the server, in µs per input and in shares of a core; medians',
        rows: (['hoopsnake', 'ws'] as const).map((side) => {
          const share = (pick: (one: Found) => Window): number =>
            spread(found[side].map(pick).map(({ cpu, ms }) => cpu / ms)).median
          return {
            server: side,
            'per input': spread(costs(side)).median,
            'without inputs': share((one) => one.quiet),
            'with inputs': share((one) => one.busy),
            'load busy': spread(found[side].map((one) => one.busy.load)).median,
          }
        }),
      },
    ],
  }
}
