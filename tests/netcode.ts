/* Two runners over a network as bad as chance will have it: what is seen of others, and what is predicted. */
import type { Game } from '../packages/hoopsnake/src/client/index.ts'
import { createRandom, type Random } from '../packages/hoopsnake/src/core/random.ts'
import { simulate, type Simulation } from '../packages/hoopsnake/src/test/index.ts'
import { yard, yardRules } from './yard.ts'

type Runner = Game<typeof yard>

/** What one run showed. */
export interface Seen {
  /** Views of others that lie before the one before. */
  back: number
  /** Milliseconds after the last input until every prediction was the truth and stayed it, and what that may be. */
  settled: number
  readonly bound: number
  /** States that a client had and the room had not. */
  desyncs: number
  cuts: number
}

const FRAME = 16
/** The longest that the server stands still, in ms. */
const STALL = 600
const HZ = 20

/** Plays for some seconds of virtual time, then stops and waits. */
export async function runNetcode(seed: number): Promise<Seen> {
  const random = createRandom(seed)
  const net = { latency: 5 + random.int(150), jitter: random.int(80), loss: random.int(6) / 100 }
  const s = simulate(yard.room(yardRules, { hz: HZ }), { seed, net })
  const runners: Runner[] = []
  for (const name of ['Ann', 'Bob']) runners.push(await s.join({ name }, { rules: yardRules }))
  const seen: Seen = { back: 0, settled: Infinity, bound: boundOf(net), desyncs: 0, cuts: 0 }
  const look = watch(seen, runners)
  for (let i = 0; i < 250; i++) {
    weather(s, runners, { random, seen })
    for (const runner of runners) if (random.int(12) === 0) runner.send('go', paces[random.int(3)]!)
    await s.advance(FRAME)
    look()
  }
  for (const runner of runners) s.heal(runner)
  // Until the last stall and cut are over with: what is asked here is what a network costs, not what an outage does.
  await s.advance(STALL)
  for (let i = 0; i < 1000 && runners.some(({ status }) => status !== 'live'); i++) await s.advance(FRAME)
  for (const runner of runners) runner.send('rest')
  const from = s.clock.now()
  while (s.clock.now() - from < 5000) {
    await s.advance(FRAME)
    look()
    if (!agree(s, runners)) seen.settled = Infinity
    else if (seen.settled === Infinity) seen.settled = s.clock.now() - from
  }
  seen.desyncs = s.desyncs().length
  await s.stop()
  return seen
}

const paces = ['rest', 'walk', 'run'] as const

/** Round trip, a tick to wait for and two of play, and of what is lost three in a row, each way. */
function boundOf({ latency, jitter, loss }: { latency: number; jitter: number; loss: number }): number {
  const again = loss > 0 ? 2 * (200 + 400 + 800) : 0
  return 2 * (latency + jitter) + (3 * 1000) / HZ + FRAME + again
}

/** Makes the check of what is seen; called with each frame. */
function watch(seen: Seen, runners: readonly Runner[]): () => void {
  const last = runners.map(() => -Infinity)
  return () => {
    runners.forEach((runner, i) => {
      const { tick } = runner.view()
      if (tick < last[i]!) seen.back += 1
      last[i] = tick
    })
  }
}

/** Lets bursts and outages come and go. */
function weather(
  s: Simulation<typeof yard>,
  runners: readonly Runner[],
  { random, seen }: { readonly random: Random; readonly seen: Seen },
): void {
  const runner = runners[random.int(runners.length)]!
  const dice = random.int(200)
  if (dice < 3) s.cut(runner)
  else if (dice < 12) s.heal(runner)
  else if (dice < 13) s.drop(runner)
  else if (dice < 14) s.stall(random.int(STALL))
  if (dice < 3 || dice === 12 || dice === 13) seen.cuts += 1
}

/** Says whether all predict what the room is. */
function agree(s: Simulation<typeof yard>, runners: readonly Runner[]): boolean {
  const truth = where([...s.room().state.runners.values()])
  return runners.every((runner) => where([...runner.view().predicted.runners.values()]) === truth)
}

function where(runners: readonly { readonly at: number; readonly pace: string }[]): string {
  return runners.map(({ at, pace }) => `${at} ${pace}`).join()
}
