/* A storm of joins over many rooms, seen by one resident of each. */
import { small } from '../small/protocol.ts'
import { connectTo, type Client } from './client.ts'
import { player, type Player } from './dialects/wire.ts'
import { Lateness } from './lateness.ts'

/** The time from tick to tick, how often those dial whose time it is, and how often residents confirm, in ms. */
const TICK = 50
const SLICE = 5
const BEAT = 500

export interface StormAsk {
  readonly port: number
  readonly rooms: number
  readonly perSecond: number
  readonly seconds: number
  /** How long each stays once it is in, in ms. */
  readonly stay: number
}

/** What came of a storm. */
export interface StormCount {
  readonly asked: number
  readonly joined: number
  /** Those that did not get in, by what they were told. */
  readonly turnedAway: Readonly<Record<string, number>>
  /** From the dial until the first whole state, in ms. */
  readonly toJoin: Readonly<Record<'p50' | 'p99', number>>
  /** How late ticks came to residents, in ticks. */
  readonly late: Readonly<Record<'p50' | 'p99' | 'most', number>>
}

interface Resident {
  readonly client: Client
  readonly seat: Player
  at: number
}

/** Opens the rooms, storms them, and leaves them. */
export async function storm(ask: StormAsk): Promise<StormCount> {
  const late = new Lateness()
  const residents = await Promise.all(Array.from({ length: ask.rooms }, () => settle(ask.port, late)))
  const beats = setInterval(() => {
    for (const { seat } of residents) seat.beat?.()
  }, BEAT)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  late.reset()
  const visits = await visit(ask, residents)
  clearInterval(beats)
  await Promise.all(residents.map(({ client, seat }) => (seat.leave?.(), client.end())))
  const ticks = (share: number): number => late.percentile(share) / TICK
  return { ...visits, late: { p50: ticks(0.5), p99: ticks(0.99), most: ticks(1) } }
}

/** Opens a room. Resolves once it is there. */
function settle(port: number, late: Lateness): Promise<Resident> {
  return new Promise((resolve, reject) => {
    let resident: Resident
    connectTo(port, `/r/${small.name}`, {
      open: (client) =>
        void (resident = { client, seat: player(client, small, {}, 'create'), at: performance.now() }),
      read() {},
      take(_, payload) {
        const what = resident.seat.take(payload)
        if (what === 'in') resolve(resident)
        if (what === undefined) return
        const now = performance.now()
        late.note(now - resident.at - TICK)
        resident.at = now
      },
      lost: (why) => reject(new Error(why)),
    })
  })
}

/** Dials so often for so long, each time the next room. Resolves when the last visitor has left. */
async function visit(ask: StormAsk, residents: readonly Resident[]): Promise<Omit<StormCount, 'late'>> {
  const toJoin = new Lateness()
  const turnedAway: Record<string, number> = {}
  const visits: Promise<void>[] = []
  let joined = 0
  const one = async (code: string): Promise<void> => {
    const began = performance.now()
    const why = await call(ask, code, () => {
      joined++
      toJoin.note(performance.now() - began)
    })
    if (why !== undefined) turnedAway[why] = (turnedAway[why] ?? 0) + 1
  }
  const began = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = Math.min((performance.now() - began) / 1000, ask.seconds)
      while (visits.length < elapsed * ask.perSecond)
        visits.push(one(residents[visits.length % residents.length]!.seat.room))
      if (elapsed < ask.seconds) return
      clearInterval(timer)
      resolve()
    }, SLICE)
  })
  await Promise.all(visits)
  return {
    asked: visits.length,
    joined,
    turnedAway,
    toJoin: { p50: toJoin.percentile(0.5), p99: toJoin.percentile(0.99) },
  }
}

/** Joins a room, stays, and leaves. Gives why it was turned away, if it was. */
function call({ port, stay }: StormAsk, code: string, there: () => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    let client: Client
    let seat: Player
    const leave = (): void => {
      seat.leave?.()
      void client.end().then(() => resolve(undefined))
    }
    connectTo(port, `/r/${small.name}/${code}`, {
      open(opened) {
        client = opened
        seat = player(client, small, {})
      },
      read() {},
      take(_, payload) {
        try {
          if (seat.take(payload) !== 'in') return
          there()
          setTimeout(leave, stay)
        } catch (error) {
          resolve((error as Error).message)
          void client.end()
        }
      },
      lost: resolve,
    })
  })
}
