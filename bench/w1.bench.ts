/*
 * One room, P snakes on a torus of 128 × 128, 20 ticks a second, everybody sees everybody, each turns twice a second.
 *
 * All servers stay up, and play for a while before it begins; in each round the same clients join one after the other,
 * let it settle, count, and leave.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { count, counts, type Ask, type Bench, type Row } from './bench.ts'
import { boundOf, bucketsIn, gained, type Buckets } from './measure/buckets.ts'
import { startLoad, MOST_LOAD, type Load, type Window } from './load/load.ts'
import { atMost, type Figure } from './measure/figures.ts'
import { ratio, rounds, spread, type Spread } from './measure/pairs.ts'
import { installPeers, peerVersions } from './measure/peers.ts'
import { startServer, type Server } from './measure/program.ts'
import { progress } from './measure/progress.ts'
import { contenders, prepareSnake, type ContenderName } from './servers.ts'

/** How long each server plays before anything is counted, in ms: until V8 has compiled what runs twenty times a second. */
const WARM = 20_000
/** From the last join until counting begins, and from the last leave until the next server's turn, in ms. */
const SETTLE = 4000
const REST = 200
/** How long those play for whom nothing is counted yet, once V8 has compiled, in ms: some ticks. */
const BRIEFLY = 200
const HZ = 20

/** What hoopsnake says of its own ticks before and after a window. */
type Look = readonly [before: Buckets, after: Buckets]
type Windows = Partial<Record<ContenderName, (Window & { readonly own?: Look })[]>>

export const bench: Bench = {
  about: 'one room: CPU, bytes and lateness against Colyseus, Socket.IO, ws + JSON and the limit of Node',
  options: {
    p: { default: '500', about: 'numbers of players, with commas between them' },
    seconds: { default: '5', about: 'how long each is counted in each round' },
    pairs: { default: '7', about: 'rounds' },
    peers: { default: 'flat,arr,socketio,ws,limit', about: 'against whom' },
  },
  inReport: { p: '100,500,1000,2000' },
  async run(ask) {
    const names = namesIn(ask)
    const [players, pairs, ms] = [counts(ask, 'p'), count(ask, 'pairs'), 1000 * count(ask, 'seconds')]
    await Promise.all([installPeers(), prepareSnake()])
    const servers = new Map<ContenderName, Server>()
    const load = startLoad()
    try {
      for (const name of names) {
        progress(`starting ${contenders[name].title}`)
        servers.set(name, await startServer(contenders[name].args))
      }
      const found = new Map<number, Windows>()
      await warmUp({ servers, load, players: players[0]!, ms: WARM })
      for (const p of players) found.set(p, await measure({ servers, load, players: p, pairs, ms }))
      return {
        ...results(found),
        versions: await peerVersions(
          '@colyseus/core',
          '@colyseus/schema',
          '@colyseus/ws-transport',
          'socket.io',
          'ws',
        ),
      }
    } finally {
      await Promise.all([load, ...servers.values()].map((program) => program.stop()))
    }
  },
}

function namesIn(ask: Ask): ContenderName[] {
  const peers = ask['peers']!.split(',').filter((name) => name !== '')
  const unknown = peers.find((name) => !Object.hasOwn(contenders, name) || name === 'hoopsnake')
  if (unknown === undefined) return ['hoopsnake', ...(peers as ContenderName[])]
  throw new Error(`--peers ${unknown}: give some of ${Object.keys(contenders).slice(1).join(',')}`)
}

interface Plan {
  readonly servers: ReadonlyMap<ContenderName, Server>
  readonly load: Load
  readonly players: number
  readonly ms: number
}

async function warmUp(plan: Plan): Promise<void> {
  await rounds(1, windowsOf(plan), (text) => progress(`${plan.players} players, warming up, ${text}`))
}

async function measure(plan: Plan & { readonly pairs: number }): Promise<Windows> {
  // Once for nothing, so that each has room for so many.
  await warmUp({ ...plan, ms: BRIEFLY })
  return rounds(plan.pairs, windowsOf(plan), (text) => progress(`${plan.players} players, ${text}`))
}

const windowsOf = (plan: Plan) =>
  Object.fromEntries([...plan.servers].map(([name, server]) => [name, () => oneWindow(plan, name, server)]))

async function oneWindow({ load, players, ms }: Plan, name: ContenderName, server: Server) {
  await load.join({ dialect: contenders[name].dialect, port: server.port, players })
  await wait(SETTLE)
  const before = await latenessAt(name, server)
  const window = await load.measure(server.pid, ms)
  const after = await latenessAt(name, server)
  await load.leave()
  // Until the server has noticed, and does nothing any more.
  await wait(REST)
  if (window.snakes !== players)
    throw new Error(`${contenders[name].title} shows ${window.snakes} of ${players} snakes`)
  return before && after ? { ...window, own: [before, after] as const } : window
}

/** Asks hoopsnake how late it began its ticks so far, in seconds. The others do not say. */
async function latenessAt(name: ContenderName, { port }: Server): Promise<Buckets | undefined> {
  if (name !== 'hoopsnake') return undefined
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
  return bucketsIn(await answer.text(), 'hoopsnake_tick_lateness_seconds')
}

/** CPU time of the server per thousand ticks that clients were told of, in ms. */
const cost = ({ cpu, ticks }: Window): number => (1000 * cpu) / ticks
/** Bytes per client and second, at the rate at which they should come. */
const weight = ({ bytes, ticks }: Window): number => (bytes / ticks) * HZ

function results(found: ReadonlyMap<number, Windows>): {
  figures: Figure[]
  tables: { title: string; rows: Row[] }[]
  notes: string[]
} {
  const rows = [...found].flatMap(([players, windows]) => rowsOf(players, windows))
  return {
    figures: [...found].flatMap(([players, windows]) => figuresOf(players, windows)),
    tables: [
      {
        title:
          'One room: medians. CPU of the server in ms per 1,000 client-ticks, bytes per client and second, late in ms',
        rows,
      },
    ],
    notes: [...notesOn(rows), ...[...found].flatMap(([players, windows]) => ownLateness(players, windows))],
  }
}

function rowsOf(players: number, windows: Windows): Row[] {
  return Object.entries(windows).map(([name, of]) => {
    const median = (pick: (window: Window) => number): number => spread(of.map(pick)).median
    return {
      players,
      server: contenders[name as ContenderName].title,
      CPU: median(valid(cost)),
      bytes: Math.round(median(weight)),
      'late p50': median(valid(({ late }) => late.p50)),
      p90: median(valid(({ late }) => late.p90)),
      p99: median(valid(({ late }) => late.p99)),
      'p99.9': median(valid(({ late }) => late.p999)),
      'ticks/s': median(({ ticks, ms }) => (1000 * ticks) / ms / players),
      'cells/s': median(({ steps, ms }) => (1000 * steps) / ms),
      'server busy': median(({ cpu, ms }) => cpu / ms),
      'load busy': median((window) => window.load),
    }
  })
}

/** What is not worth its name is said, and reaches no goal. */
function notesOn(rows: readonly Row[]): string[] {
  return rows
    .filter((row) => Number(row['load busy']) > MOST_LOAD)
    .map(
      ({ players, server }) => `Void: ${server} with ${players} players keeps the load too busy to measure.`,
    )
}

/** How late the server itself says that it was: without the load, and what else ran beside it. */
function ownLateness(players: number, { hoopsnake = [] }: Windows): string[] {
  const buckets = gained(hoopsnake.flatMap(({ own }) => (own === undefined ? [] : [own])))
  const within = (share: number): string => {
    const bound = boundOf(buckets, share) * 1000
    return `${share * 100} % at most ${Number(bound.toPrecision(3))} ms late`
  }
  const ticks = buckets.get(Infinity) ?? 0
  if (ticks === 0) return []
  return [
    `hoopsnake with ${players} players, by its own /metrics: of ${ticks} ticks ${within(0.5)}, ${within(0.99)}.`,
  ]
}

function figuresOf(players: number, windows: Windows): Figure[] {
  const ours = windows.hoopsnake ?? []
  const against = (name: ContenderName, pick: (window: Window) => number): Spread | undefined => {
    const theirs = windows[name]
    return theirs && ratio(ours.map(pick), theirs.map(valid(pick)))
  }
  const figures: Figure[] = []
  const add = (text: string, measured: Spread | undefined, goal: number): void => {
    if (measured !== undefined) figures.push(atMost(`${players} players: ${text}`, measured, goal))
  }
  if (players === 500) {
    for (const name of ['flat', 'arr', 'socketio', 'ws'] as const) {
      add(`CPU / ${contenders[name].title}`, against(name, cost), 0.75)
    }
    add('bytes / Colyseus flat', against('flat', weight), 0.35)
  }
  if (players >= 500) add('CPU / the limit', against('limit', cost), 1.2)
  add('bytes per moving snake', spread(ours.map((window) => weight(window) / HZ / players)), 1.8)
  if (players === 1000) add('p99 late (ms)', spread(ours.map(valid(({ late }) => late.p99))), 5)
  return figures
}

/** Takes nothing from a window in which the load could not keep up. */
function valid(pick: (window: Window) => number): (window: Window) => number {
  return (window) => (window.load > MOST_LOAD ? NaN : pick(window))
}
