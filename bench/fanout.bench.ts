/*
 * What it costs to tell everybody something: one message per tick, and four.
 *
 * Ours are events of a small room behind `serve`, which ride in the frame of their tick; those of ws are sent by a call
 * for each message and client. All clients ask twice a second, and are answered. Beside them the limit of Node: the same
 * frames on bare sockets, in one write.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { count, type Bench } from './bench.ts'
import { MESSAGES } from './fanout/protocol.ts'
import { startLoad, MOST_LOAD, type Window } from './load/load.ts'
import { atLeast } from './measure/figures.ts'
import { ratio, rounds, spread } from './measure/pairs.ts'
import { installPeers, peerVersions } from './measure/peers.ts'
import { startServer, type Server } from './measure/program.ts'
import { progress } from './measure/progress.ts'

const REST = 250
/** From the last join until counting begins, in ms: clients ask more often until they know the clock. */
const SETTLE = 2500
const goals = { 1: 1.2, 4: 3 } as const

const sides = {
  hoopsnake: { dialect: 'events', args: ['bench/fanout/server.ts'] },
  ws: { dialect: 'messages', args: ['bench/peers/fanout.mjs', 'ws'] },
  limit: { dialect: 'messages', args: ['bench/peers/fanout.mjs', 'limit'] },
} as const

interface Lane {
  readonly side: keyof typeof sides
  readonly messages: 1 | 4
  readonly server: Server
}

export const bench: Bench = {
  about: 'one and four messages per tick to everybody, against ws.send',
  options: {
    clients: { default: '500', about: 'how many are told' },
    seconds: { default: '4', about: 'how long each is counted in each round' },
    pairs: { default: '7', about: 'rounds' },
  },
  async run(ask) {
    const [players, pairs, ms] = [count(ask, 'clients'), count(ask, 'pairs'), 1000 * count(ask, 'seconds')]
    await installPeers()
    const lanes = new Map<string, Lane>()
    const load = startLoad()
    const measure = async ({ side, server }: Lane): Promise<Window> => {
      await load.join({ dialect: sides[side].dialect, port: server.port, players })
      await wait(SETTLE)
      const window = await load.measure(server.pid, ms)
      await load.leave()
      await wait(REST)
      return window
    }
    try {
      for (const messages of [1, 4] as const) {
        for (const side of ['hoopsnake', 'ws', 'limit'] as const) {
          const env = { FANOUT_MESSAGES: String(messages), FANOUT_BYTES: String(MESSAGES.bytes) }
          lanes.set(`${side} ${messages}`, {
            side,
            messages,
            server: await startServer(sides[side].args, env),
          })
        }
      }
      const things = Object.fromEntries([...lanes].map(([name, lane]) => [name, () => measure(lane)]))
      await rounds(1, things, (text) => progress(`warming up, ${text}`))
      const found = await rounds(pairs, things, progress)
      return { ...results(lanes, found), versions: await peerVersions('ws') }
    } finally {
      await Promise.all([load, ...[...lanes.values()].map(({ server }) => server)].map((one) => one.stop()))
    }
  },
}

/** CPU time of the server for a thousand messages that arrived, in ms. NaN where the load could not keep up. */
function cost({ cpu, ticks, load }: Window, messages: number): number {
  return load > MOST_LOAD ? NaN : (1000 * cpu) / (ticks * messages)
}

function results(lanes: ReadonlyMap<string, Lane>, found: Readonly<Record<string, readonly Window[]>>) {
  const costs = (side: string, messages: number): number[] =>
    found[`${side} ${messages}`]!.map((window) => cost(window, messages))
  return {
    figures: ([1, 4] as const).map((messages) =>
      atLeast(
        `${messages} per tick: CPU of ws.send / hoopsnake`,
        ratio(costs('ws', messages), costs('hoopsnake', messages)),
        goals[messages],
      ),
    ),
    notes: ([1, 4] as const).map((messages) => {
      const { median, low, high } = ratio(costs('ws', messages), costs('limit', messages))
      const [mid, ...ends] = [median, low, high].map((value) => Number(value.toPrecision(3)))
      return `The most that Node can do, ${messages} per tick: CPU of ws.send / the limit is ${mid} (${ends.join(' … ')}).`
    }),
    tables: [
      {
        title: 'Messages to everybody: CPU of the server in ms per 1,000 messages that arrived; medians',
        rows: [...lanes].map(([name, { side, messages }]) => {
          const median = (pick: (window: Window) => number): number => spread(found[name]!.map(pick)).median
          return {
            'messages per tick': messages,
            server: side,
            CPU: median((window) => cost(window, messages)),
            'bytes per message': median(({ bytes, ticks }) => bytes / ticks / messages),
            'load busy': median(({ load }) => load),
          }
        }),
      },
    ],
  }
}
