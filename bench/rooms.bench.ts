/*
 * Many small rooms: two hundred with ten players each, twenty ticks a second, each player with two inputs a second.
 *
 * In the thread of the sockets, in a thread of their own, and on ws: groups of ten, each sent about as many bytes as often by
 * `ws.send`, and answered as often. All on one core.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { count, type Bench } from './bench.ts'
import { startLoad, MOST_LOAD, type Window } from './load/load.ts'
import { atLeast, atMost } from './measure/figures.ts'
import { ratio, rounds, spread } from './measure/pairs.ts'
import { installPeers, peerVersions } from './measure/peers.ts'
import { startServer, type Server } from './measure/program.ts'
import { progress } from './measure/progress.ts'

const HZ = 20
const SEATS = 10
const SETTLE = 600
const REST = 400
/** As long as a frame of the small game. */
const BYTES = '40'

const sides = {
  inline: { dialect: 'pressing', args: ['bench/small/server.ts'], env: {} },
  threads: { dialect: 'pressing', args: ['bench/small/server.ts'], env: { SMALL_THREADS: '1' } },
  ws: { dialect: 'bare', args: ['bench/peers/small.mjs'], env: { SMALL_BYTES: BYTES } },
} as const
type Side = keyof typeof sides
const names = ['inline', 'threads', 'ws'] as const

export const bench: Bench = {
  about: 'two hundred rooms of ten players, beside the sockets and in a thread, against ws.send',
  options: {
    rooms: { default: '200', about: 'how many rooms' },
    seconds: { default: '2', about: 'how long each is counted in each round' },
    pairs: { default: '7', about: 'rounds' },
  },
  async run(ask) {
    const [count_, pairs, ms] = [count(ask, 'rooms'), count(ask, 'pairs'), 1000 * count(ask, 'seconds')]
    await installPeers()
    const load = startLoad()
    const servers = new Map<Side, Server>()
    const measure = (side: Side) => async (): Promise<Window> => {
      const { port, pid } = servers.get(side)!
      await load.join({ dialect: sides[side].dialect, port, players: SEATS * count_ })
      await wait(SETTLE)
      const window = await load.measure(pid, ms)
      await load.leave()
      await wait(REST)
      return window
    }
    try {
      for (const side of names) {
        const { args, env } = sides[side]
        servers.set(side, await startServer(args, { ...env, SMALL_SEATS: String(SEATS) }))
      }
      const things = { inline: measure('inline'), threads: measure('threads'), ws: measure('ws') }
      await rounds(1, things, (text) => progress(`warming up, ${text}`))
      return {
        ...results(await rounds(pairs, things, progress), SEATS * count_),
        versions: await peerVersions(),
      }
    } finally {
      await Promise.all([load, ...servers.values()].map((program) => program.stop()))
    }
  },
}

/** CPU time of the server per thousand ticks that clients were told of, in ms. NaN where the load could not keep up. */
const cost = ({ cpu, ticks, load }: Window): number => (load > MOST_LOAD ? NaN : (1000 * cpu) / ticks)

function results(found: Readonly<Record<Side, readonly Window[]>>, players: number) {
  const costs = (side: Side): number[] => found[side].map(cost)
  const came = (side: Side) => spread(found[side].map(({ ticks, ms }) => (1000 * ticks) / ms / players / HZ))
  const late = (side: Side) => spread(found[side].map((window) => window.late.p99))
  return {
    figures: [
      atMost('beside the sockets: CPU / ws.send', ratio(costs('inline'), costs('ws')), 1.2),
      atMost('in a thread: CPU / ws.send', ratio(costs('threads'), costs('ws')), 1.5),
      ...(['inline', 'threads'] as const).flatMap((side) => [
        atLeast(`${side}: ticks that came / that were due`, came(side), 0.99),
        atMost(`${side}: p99 late (ms)`, late(side), HZ),
      ]),
    ],
    tables: [
      {
        title: 'Many rooms: CPU of the server in ms per 1,000 client-ticks, late in ms; medians',
        rows: names.map((side) => {
          const median = (pick: (window: Window) => number): number => spread(found[side].map(pick)).median
          return {
            server: side,
            CPU: median(cost),
            'late p50': median((window) => window.late.p50),
            p99: late(side).median,
            'bytes per tick': median(({ bytes, ticks }) => bytes / ticks),
            'server busy': median(({ cpu, ms }) => cpu / ms),
            'load busy': median(({ load }) => load),
          }
        }),
      },
    ],
  }
}
