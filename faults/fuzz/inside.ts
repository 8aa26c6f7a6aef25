import { memoryBus, memoryStore, rooms, type RoomKind, virtualClock, type VirtualClock } from 'hoopsnake'
import { createHost, type Host } from '../../packages/hoopsnake/src/core/host.ts'
import { createTimer } from '../../packages/hoopsnake/src/core/timer.ts'
import { fullLimits } from '../../packages/hoopsnake/src/server/gateway/limits.ts'
import { createTurnstile } from '../../packages/hoopsnake/src/server/gateway/turnstile.ts'
import { createTraffic } from '../../packages/hoopsnake/src/server/metrics/traffic.ts'
import { createSeal } from '../../packages/hoopsnake/src/server/seal.ts'
import type { Dice } from './scribble.ts'
import { createSpeaker, type Speaker } from './speaker.ts'

/** How many clients are there at once. */
const CLIENTS = 32

/** What came of it. */
export interface Findings {
  /** What was thrown, or logged as a failure, with the frame that did it in hex. */
  readonly uncaught: string[]
  frames: number
  sessions: number
  /** How sessions ended, by the reason in the close frame. */
  readonly ends: Map<string, number>
}

/** A gateway's sessions and a host behind them, in virtual time, for clients that say anything. */
export interface Inside {
  readonly findings: Findings
  /** Sends so many frames by chance. */
  readonly send: (count: number) => Promise<void>
  /** Sends each of these frames to a room of each kind. */
  readonly replay: (frames: readonly Uint8Array[]) => Promise<void>
  /** Has everybody leave, and waits until every room has closed. */
  readonly rest: () => Promise<void>
  /** Ends all. Gives whether anything is left that waits for a time. */
  readonly stop: () => Promise<boolean>
}

/** Opens a host of these rooms. */
export function openInside(kinds: readonly RoomKind[], dice: Dice): Inside {
  const findings: Findings = { uncaught: [], frames: 0, ends: new Map(), sessions: 0 }
  let speaking: Speaker | undefined
  const found = (what: string, error: unknown): void => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const frame = Buffer.from(speaking?.last ?? []).toString('hex')
    findings.uncaught.push(`${what}: ${why.split('\n').slice(0, 4).join(' ')}; frame ${frame}`)
  }
  const clock = virtualClock()
  const { host, given } = machine(kinds, clock, dice, found)
  const speaker = ({ protocol }: RoomKind): Speaker =>
    createSpeaker(protocol, {
      session: given,
      clock,
      dice,
      began: () => findings.sessions++,
      ended: (reason) => void findings.ends.set(reason, (findings.ends.get(reason) ?? 0) + 1),
    })
  const speakers = Array.from({ length: CLIENTS }, (_, at) => speaker(kinds[at % kinds.length]!))

  async function turn(who: Speaker, act: (who: Speaker) => void): Promise<void> {
    speaking = who
    findings.frames++
    try {
      act(who)
      clock.advance(1)
    } catch (error) {
      found('thrown', error)
    }
    // `auth` is asked, and rooms are opened, in turns of their own.
    await Promise.resolve()
  }
  const rest = (): Promise<void> => emptied(speakers, clock)
  return {
    findings,
    async send(count) {
      for (let left = count; left > 0; left--) await turn(speakers[dice(CLIENTS)]!, (who) => who.speak())
    },
    async replay(frames) {
      for (const kind of kinds) {
        for (const frame of frames) {
          const who = speaker(kind)
          // HELLO first, and time to be let in.
          for (let turns = 0; turns < 5; turns++)
            await turn(who, turns === 0 ? (one) => one.say(frame) : () => {})
          await turn(who, (one) => one.say(frame))
          who.leave()
        }
      }
    },
    rest,
    async stop() {
      await rest()
      await host.stop()
      clock.advance(60_000)
      return clock.next !== undefined
    },
  }
}

/** Has everybody leave, and lets time pass until every room has closed. */
async function emptied(speakers: readonly Speaker[], clock: VirtualClock): Promise<void> {
  for (const who of speakers) who.leave()
  for (let second = 0; second < 120; second++) {
    clock.advance(1000)
    await Promise.resolve()
  }
}

/** Makes a host, and what sessions in front of it are given. */
function machine(
  kinds: readonly RoomKind[],
  clock: VirtualClock,
  dice: Dice,
  found: (what: string, error: unknown) => void,
) {
  const log = (level: string, message: string, fields?: Readonly<Record<string, unknown>>): void => {
    if (level === 'error' || /^an? (input|join|frame) failed/.test(message)) found(message, fields?.['error'])
  }
  const host: Host = createHost({
    rooms: rooms('', Object.fromEntries(kinds.map((kind) => [kind.protocol.name, kind]))),
    clock,
    entropy: () => dice(2 ** 32),
    seal: createSeal(['of the fuzzer'], () => clock.now() / 1000),
    store: memoryStore(),
    bus: memoryBus({ clock, log }),
    log,
  })
  const limits = fullLimits()
  const turnstile = createTurnstile(limits.arrivals)
  const traffic = createTraffic(kinds.map(({ protocol }) => protocol.name))
  const timer = createTimer(clock)
  const drain = () => undefined
  return {
    host,
    given: { link: host, auth: undefined, limits, turnstile, traffic, drain, timer, clock, log },
  }
}
