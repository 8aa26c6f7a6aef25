import type { Refused } from 'hoopsnake'
import type { Game, Watcher } from 'hoopsnake/client'
import type { Pit } from '../protocol.ts'
import { now } from './clock.ts'
import type { Facts } from './panels/words.ts'

/** A room as the page has it: seen by a watcher, or with a seat. */
export type Held = { readonly game: Watcher<Pit>; readonly player?: Game<Pit> }

/** Holds on to one room at a time. */
export interface Hold {
  readonly held: Held | undefined
  /** Whether a dial is under way. */
  readonly dialling: boolean
  readonly status: Facts['status']
  /** Why the last wish was refused, or what ended the room. */
  trouble: Facts['trouble']
  readonly stops: Facts['stops']
  /** Dials, and has what comes of it replace what was; a refusal leaves that as it was, and is the answer. */
  replace(dial: () => Promise<Held>): Promise<Refused | undefined>
  /** Leaves the room. */
  drop(): void
}

/** Makes a hold on nothing. `changed` is called whenever it tells something new. */
export function createHold(changed: () => void): Hold {
  let held: Held | undefined
  let trouble: Facts['trouble']
  let stops: (() => Facts['stops']) | undefined
  // Which dial is under way: of several only the last counts.
  let last = 0
  let dialling = false

  function listen(to: Held): void {
    to.game.when('status', (_status, reason) => {
      if (to !== held) return
      trouble = reason
      changed()
    })
    stops = followStop(to.game, changed)
  }

  const hold: Hold = {
    get held() {
      return held
    },
    get dialling() {
      return dialling
    },
    get status() {
      return statusOf(held, dialling)
    },
    get trouble() {
      return trouble
    },
    get stops() {
      return stops?.()
    },
    set trouble(no) {
      trouble = no
      changed()
    },
    async replace(dial) {
      const mine = ++last
      dialling = true
      hold.trouble = undefined
      try {
        const next = await dial()
        if (mine !== last) return void next.game.leave()
        hold.drop()
        held = next
        listen(next)
      } catch (error) {
        if (mine === last) trouble = error as Refused
        return error as Refused
      } finally {
        if (mine === last) dialling = false
        changed()
      }
    },
    drop() {
      const left = held
      // First, so that its end is no news.
      held = stops = undefined
      void left?.game.leave()
    },
  }
  return hold
}

function statusOf(held: Held | undefined, dialling: boolean): Facts['status'] {
  if (held === undefined || held.game.status === 'closed') return dialling ? 'connecting' : 'closed'
  return held.game.status
}

/** Hears when the server will stop, and gives how far off that is, in ms; until there is one again, that one or another. */
function followStop(game: Watcher<Pit>, changed: () => void): () => Facts['stops'] {
  let at: number | undefined
  game.when('draining', (within) => {
    at = now() + within
    changed()
  })
  game.when('status', (status) => {
    if (status !== 'away') at = undefined
  })
  return () => at && at - now()
}
