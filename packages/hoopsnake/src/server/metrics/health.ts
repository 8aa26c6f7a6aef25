import type { Clock } from '../../core/clock.ts'
import type { RoomsReport } from '../place/place.ts'

/** Whether the server does what it is there for. */
export interface Health {
  /** What is wrong, in words; empty while nothing is. */
  readonly wrong: readonly string[]
  stop(): void
}

/** How often reports are looked at, in ms. */
const EVERY = 1000
/** Over how many looks ticks and bytes are judged: one bad second is no reason to send everybody elsewhere. */
const LOOKS = 5
/** How long a tick may be overdue, in ms. */
const MOST_OVERDUE = 2000
/** Of the ticks that fell due, the part that has to be made. */
const LEAST_MADE = 0.5
/** Ticks below which nothing can be said about a part of them. */
const FEW_TICKS = 10
/** Clients below which silence is theirs rather than ours: each confirms twice a second what it was sent. */
const FEW_CLIENTS = 8

/** Sums over the games of one thread. */
interface Look {
  readonly made: number
  readonly due: number
  readonly framesOut: number
  readonly framesIn: number
  readonly clients: number
}

/**
 * Begins to watch whether ticks advance and bytes flow. That it answers at all says that the event loop of the sockets
 * turns; for the others it looks at what they say of themselves.
 */
export function watchHealth(clock: Clock, reports: () => readonly RoomsReport[]): Health {
  const looks = new Map<string, Look[]>()
  let callOff = (): void => {}
  const look = (): void => {
    for (const report of reports()) {
      const before = looks.get(report.thread) ?? []
      looks.set(report.thread, [...before, lookAt(report)].slice(-LOOKS - 1))
    }
    callOff = clock.at(clock.now() + EVERY, look)
  }
  look()
  return {
    get wrong() {
      return reports().flatMap((report) => judge(report, looks.get(report.thread) ?? []))
    },
    stop: () => callOff(),
  }
}

function lookAt({ games }: RoomsReport): Look {
  const sum = { made: 0, due: 0, framesOut: 0, framesIn: 0, clients: 0 }
  for (const { telemetry, clients } of games) {
    sum.made += telemetry.made
    sum.due += telemetry.made + telemetry.skipped + telemetry.dilated
    sum.framesOut += telemetry.framesOut
    sum.framesIn += telemetry.framesIn
    sum.clients += clients
  }
  return sum
}

function judge({ thread, answers, overdue }: RoomsReport, looks: readonly Look[]): string[] {
  // What it said last is no news, then.
  if (!answers) return [`thread '${thread}' does not answer`]
  const wrong: string[] = []
  if (overdue > MOST_OVERDUE) wrong.push(`a tick of thread '${thread}' is ${Math.round(overdue)} ms overdue`)
  const [first, last] = [looks[0], looks.at(-1)]
  if (first === undefined || last === undefined || looks.length <= LOOKS) return wrong
  const seconds = (LOOKS * EVERY) / 1000
  const [due, made] = [last.due - first.due, last.made - first.made]
  if (due > FEW_TICKS && made < due * LEAST_MADE)
    wrong.push(`thread '${thread}' made ${made} of the ${due} ticks of the last ${seconds} s`)
  const many = Math.min(...looks.map(({ clients }) => clients)) >= FEW_CLIENTS
  if (many && last.framesOut > first.framesOut && last.framesIn === first.framesIn)
    wrong.push(`none of the ${last.clients} clients of thread '${thread}' has said anything for ${seconds} s`)
  return wrong
}
