import type { Clock } from '../../core/clock.ts'
import type { Link } from '../../core/link.ts'

/** Gives the public rooms of a game as JSON. */
export type FindList = (protocol: string) => Promise<Buffer>

/** How old a list may be, in ms: anybody may ask for it, and to make one goes through all rooms. */
const AGE = 100

/** Rooms that are listed, the fullest: more than anybody reads. */
const MOST = 1000

/** Makes lists, each at most every 100 ms, however many ask. */
export function createLists(link: Link, clock: Clock): FindList {
  const lists = new Map<string, { readonly at: number; readonly text: Promise<Buffer> }>()
  return (protocol) => {
    const last = lists.get(protocol)
    if (last !== undefined && clock.now() - last.at < AGE) return last.text
    const text = link.list(protocol).then((listings) => Buffer.from(JSON.stringify(listings.slice(0, MOST))))
    lists.set(protocol, { at: clock.now(), text })
    return text
  }
}
