/* Clients of which some stand still for a while: they do not read, but go on saying that they are there. */
import { Reader, Writer, type StateOf } from 'hoopsnake'
import { Replica } from '../../packages/hoopsnake/src/client/replica.ts'
import { down } from '../../packages/hoopsnake/src/core/frames/kinds.ts'
import { small } from '../small/protocol.ts'
import { connectTo, type Client } from './client.ts'
import { player, type Player } from './dialects/wire.ts'
import { Lateness } from './lateness.ts'

/** The time from tick to tick, and how often clients confirm, in ms. */
const TICK = 50
const BEAT = 500
/** Before anybody stands still; and afterwards, until a client that was skipped has been given a FULL, in ms. */
const BEFORE = 500
const AFTER = 2000
/** Ticks of which it is remembered what they were. */
const REMEMBERED = 100

export interface StallAsk {
  readonly port: number
  readonly players: number
  /** How many of them stand still, and for how many ms. */
  readonly stalled: number
  readonly ms: number
}

export interface StallCount {
  /** How late ticks came to the others while some stood still, in ms: p99. */
  readonly late: number
  /** Clients that stood still and then at some tick had another state than one that read all along, or none. */
  readonly divergent: number
  /** Clients that were lost. */
  readonly lost: number
  /** FULL frames that those got who stood still, the first one not counted. */
  readonly fulls: number
}

interface Member {
  readonly client: Client
  readonly seat: Player
  readonly replica: Replica
  /** What its state was, by tick, of those that are remembered: of the last client, and of who stood still before. */
  readonly states: Map<number, string>
  fulls: number
  at: number
  lost: boolean
}

/** Joins, stalls, compares, and leaves. */
export async function stall({ port, players, stalled, ms }: StallAsk): Promise<StallCount> {
  const late = new Lateness()
  let released = false
  const join = (place: number): Promise<Member> =>
    enter(port, (member) => {
      if (place === players - 1 || (released && place < stalled)) remember(member)
      const now = performance.now()
      if (place >= stalled) late.note(now - member.at - TICK)
      member.at = now
    })
  const members = await Promise.all(Array.from({ length: players }, (_, place) => join(place)))
  const beats = setInterval(() => {
    for (const { seat, lost } of members) if (!lost) seat.beat?.()
  }, BEAT)
  await pause(BEFORE)
  late.reset()
  const still = members.slice(0, stalled)
  for (const { client } of still) client.stall(true)
  await pause(ms)
  const p99 = late.percentile(0.99)
  released = true
  for (const { client } of still) client.stall(false)
  await pause(AFTER)
  const divergent = still.filter((member) => !agree(member, members.at(-1)!)).length
  clearInterval(beats)
  await Promise.all(
    members.filter(({ lost }) => !lost).map(({ client, seat }) => (seat.leave?.(), client.end())),
  )
  return {
    late: p99,
    divergent,
    lost: members.filter(({ lost }) => lost).length,
    fulls: still.reduce((sum, { fulls }) => sum + fulls - 1, 0),
  }
}

function enter(port: number, ticked: (member: Member) => void): Promise<Member> {
  return new Promise((resolve, reject) => {
    let member: Member
    connectTo(port, `/r/${small.name}`, {
      open(client) {
        const seat = player(client, small, {})
        member = {
          client,
          seat,
          replica: new Replica(small),
          states: new Map(),
          fulls: 0,
          at: performance.now(),
          lost: false,
        }
      },
      read() {},
      take(_, payload) {
        const [kind, what] = [payload[0]!, member.seat.take(payload)]
        if (kind !== down.FULL && kind !== down.DELTA && kind !== down.OWN) return
        if (kind === down.FULL) member.fulls++
        if (member.replica.take(kind, new Reader(payload.slice(1))) === 'lost')
          throw new Error('a frame is lost')
        if (what !== undefined) ticked(member)
        if (what === 'in') resolve(member)
      },
      lost(why) {
        if (member !== undefined) member.lost = true
        reject(new Error(why))
      },
    })
  })
}

/** Notes what the state of a client is at a tick. */
function remember({ replica, states }: Member): void {
  states.set(replica.tick, written(replica))
  states.delete(replica.tick - REMEMBERED)
}

/** Whether two clients had the same at each tick that both remember, and there are such. */
function agree(one: Member, other: Member): boolean {
  const both = [...one.states.keys()].filter((tick) => other.states.has(tick))
  return both.length > 0 && both.every((tick) => one.states.get(tick) === other.states.get(tick))
}

function written({ state }: Replica): string {
  const w = new Writer(1024)
  small.state.write(w, state as StateOf<typeof small>)
  return Buffer.from(w.take()).toString('base64')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
