import { atLeast, atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { startOwn } from '../own.ts'
import { dialPlayer, type Player } from '../player.ts'
import type { Program } from '../program.ts'
import { calm, HZ, small } from '../rooms.ts'
import { after, seeded, slope } from '../spread.ts'

/** How often somebody comes, plays, drops, comes back or leaves, in ms of the server's clock. */
const EVERY = 200

/** Until the seats of those who were lost are given up, and their rooms closed, in ms of the server's clock. */
const REST = 20_000

/** How long one who was lost may stay away, in ms of the server's clock: its seat is held for longer. */
const AWAY = 5000

/** How long it is looked whether ticks keep their schedule, in ms. */
const LOOK = 1000

/** Most parts of a run, after each of which everybody leaves and what is left is measured. */
const PARTS = 20

/** What a run may add besides 1 % in an hour, in MiB: so much varies what a collection leaves. */
const NOISE = { heap: 0.5, external: 0.5, memory: 10 }

/** What is left once everybody has left. */
interface Left {
  /** By the server's clock, in hours. */
  readonly hours: number
  readonly heap: number
  /** Buffers, and all else outside the heap. */
  readonly external: number
  readonly handles: number
  readonly files: number
  /** Memory of the process. */
  readonly memory: number
  /** Ticks made and skipped, less those that were due. */
  readonly drift: number
}

export const campaign: Campaign = {
  about: '--count clients come, play, drop, come back and leave; the server lives --speed times as fast',
  usual: { count: 30, seconds: 1800, speed: 10 },
  async run({ count, seconds, seed, speed = 1, progress }) {
    await using server = await startOwn({}, { speed })
    const crowd = createCrowd(server.port, { count, speed, random: seeded(seed) })
    const watch = await dialPlayer(server.port, calm.of, { confirm: 500 / speed })
    const left: Left[] = []
    // Three quarters of the time and more they come and go.
    const still = REST / speed + LOOK
    const parts = Math.min(PARTS, Math.max(3, Math.floor((seconds * 1000) / (4 * still)) - 1))
    const began = performance.now()
    const drift = driftOf(watch, HZ * speed)
    // What there is once everything has been used is what it may stay at: the first part is not measured.
    for (let part = 0; part <= parts; part++) {
      const end = began + (seconds * 1000 * (part + 1)) / (parts + 1)
      await crowd.churn(end - still - performance.now())
      await crowd.rest()
      const hours = ((performance.now() - began) * speed) / 3_600_000
      const now = { ...(await leftIn(server)), hours, drift: await drift() }
      if (part > 0) left.push(now)
      progress(
        `${part} of ${parts}: ${crowd.visits} visits, heap ${now.heap.toFixed(2)}, external ${now.external.toFixed(2)}, process ${now.memory.toFixed(1)} MiB, ` +
          `${now.handles} handles, ${now.files} files, ${now.drift.toFixed(2)} ticks off, ${watch.state.skipped} skipped`,
      )
    }
    const { connections, rooms } = await server.health()
    const hours = (seconds * speed) / 3600
    return [
      atLeast('visits', crowd.visits, (hours * 3_600_000) / EVERY / 10),
      atLeast('came back to their seats', crowd.returns, crowd.visits / 10),
      exactly('came back and were refused', crowd.refused, 0),
      atMost('|ticks made and skipped − due|', Math.max(...left.map((one) => Math.abs(one.drift))), 1),
      ...growth(left, hours),
      exactly('connections left', connections, 1),
      exactly('rooms left', rooms, 1),
    ]
  },
}

/** Asks what is left in the server. Sizes are in MiB. */
async function leftIn(server: Program): Promise<Omit<Left, 'hours' | 'drift'>> {
  const { heap, external, handles } = await server.ask('memory')
  return {
    heap: heap / 2 ** 20,
    external: external / 2 ** 20,
    handles,
    files: server.files(),
    memory: server.memory() / 2 ** 20,
  }
}

/**
 * Gives a way to ask by how many ticks a room is ahead of its schedule: ticks made and skipped, less those due since now.
 *
 * A tick comes late, never early: the most of many looks within a second is where the schedule is.
 */
function driftOf(watch: Player<typeof calm.of>, hz: number): () => Promise<number> {
  const made = (): number => watch.state.beats + watch.state.skipped
  let from: number | undefined
  return async () => {
    let most = -Infinity
    for (const end = performance.now() + LOOK; performance.now() < end; await after(1))
      most = Math.max(most, made() - (performance.now() * hz) / 1000)
    from ??= most
    return most - from
  }
}

/** By how much what is left grew: by a line through all that was measured. */
function growth(left: readonly Left[], hours: number): Figure[] {
  const [first] = left as [Left]
  const sizes = (['heap', 'external', 'memory'] as const).map((what) => {
    const grew = hours * slope(left.map((one) => [one.hours, one[what]]))
    const most = NOISE[what] + (hours * first[what]) / 100
    return atMost(`${what} more, of ${first[what].toFixed(1)} MiB`, grew, Number(most.toFixed(2)), 'MiB')
  })
  const counts = (['handles', 'files'] as const).map((what) =>
    atMost(`${what} more`, Math.max(...left.map((one) => one[what])) - first[what], 0),
  )
  return [...sizes, ...counts]
}

/** Clients that come and go. */
interface Crowd {
  readonly visits: number
  readonly returns: number
  readonly refused: number
  /** Comes and goes for so many ms. */
  churn(ms: number): Promise<void>
  /** Has everybody leave, and waits until the server has forgotten them. */
  rest(): Promise<void>
}

interface CrowdGiven {
  readonly count: number
  readonly speed: number
  readonly random: () => number
}

/** One who was lost, and may come back. */
interface Lost extends Pick<Player['welcome'], 'token' | 'epoch' | 'room'> {
  readonly tick: number
  readonly at: number
}

function createCrowd(port: number, { count, speed, random }: CrowdGiven): Crowd {
  const confirm = 500 / speed
  const players: Player[] = []
  const lost: Lost[] = []
  const counts = { visits: 0, returns: 0, refused: 0 }

  async function come(): Promise<void> {
    counts.visits++
    players.push(await dialPlayer(port, small.of, { confirm }))
  }
  async function comeBack({ token, epoch, room, tick }: Lost): Promise<void> {
    const intent = { intent: 'resume', token, epoch, tick } as const
    try {
      players.push(await dialPlayer(port, small.of, { confirm, code: room, intent }))
      counts.returns++
    } catch {
      counts.refused++
    }
  }
  function drop(who: Player): void {
    const { token, epoch, room } = who.welcome
    lost.push({ token, epoch, room, tick: who.tick, at: performance.now() })
    who.drop()
  }
  async function act(): Promise<void> {
    const dice = random()
    const who = players[Math.floor(random() * players.length)]
    const back = dice < 0.2 ? lost.shift() : undefined
    if (back !== undefined && performance.now() - back.at < AWAY / speed) await comeBack(back)
    else if (who === undefined || (dice < 0.4 && players.length < count)) await come()
    else if (dice < 0.6) who.input('mark')
    else {
      players.splice(players.indexOf(who), 1)
      if (dice < 0.8) who.leave()
      else drop(who)
    }
  }
  return {
    get visits() {
      return counts.visits
    },
    get returns() {
      return counts.returns
    },
    get refused() {
      return counts.refused
    },
    async churn(ms) {
      for (const end = performance.now() + ms; performance.now() < end; await after(EVERY / speed))
        await act()
    },
    async rest() {
      for (const player of players.splice(0)) player.leave()
      lost.length = 0
      await after(REST / speed)
    },
  }
}
