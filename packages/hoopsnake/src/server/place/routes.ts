import type { Arrival } from '../../core/link.ts'
import { settingsOf } from '../../core/settings.ts'
import type { Crew } from './crew.ts'
import { threadOf } from './messages.ts'
import type { PlaceGiven } from './place.ts'

/** Says which thread a dial goes to. */
export type Routes = (arrival: Arrival) => number

/**
 * Makes the choice of threads. A code names its thread. Without one: the thread of the fullest public room that has a
 * place, as far as is known; else where the last such dials went, until they would fill a room; else the least busy.
 */
export function createRoutes({ rooms }: PlaceGiven, crews: readonly Crew[]): Routes {
  const recent = new Map<string, { crew: number; dials: number; listed: unknown }>()
  const busy = (crew: Crew): number => crew.counts.seats + crew.counts.rooms
  const leastBusy = (): number =>
    crews.reduce((best, crew, index) => (busy(crew) < busy(crews[best]!) ? index : best), 0)

  return ({ code, hello }) => {
    if (code !== '') return threadOf(code, crews.length)
    const kind = rooms.kinds.get(hello.protocol)
    // A game that nobody has is refused there.
    if (kind === undefined || hello.intent === 'create' || hello.intent === 'resume') return leastBusy()
    const { seats } = settingsOf(kind)
    const last = recent.get(hello.protocol)
    const free = crews.flatMap((crew, index) =>
      (crew.listed.get(hello.protocol) ?? [])
        .filter((room) => room.seats < seats)
        .map((room) => ({ room, index })),
    )
    const fullest = free.reduce<(typeof free)[0] | undefined>(
      (best, one) => (best !== undefined && best.room.seats >= one.room.seats ? best : one),
      undefined,
    )
    const listed = crews[fullest?.index ?? last?.crew ?? 0]!.listed
    const room = seats - (fullest?.room.seats ?? 0)
    const again = last !== undefined && last.listed === listed && last.dials < room
    const crew = again ? last.crew : (fullest?.index ?? leastBusy())
    recent.set(hello.protocol, { crew, dials: again ? last.dials + 1 : 1, listed })
    return crew
  }
}
