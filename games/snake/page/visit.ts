import type { Refused } from 'hoopsnake'
import { create, join, watch } from 'hoopsnake/client'
import type { Watcher } from 'hoopsnake/client'
import { pit, type Dir, type Pit } from '../protocol.ts'
import { classic } from '../rules/classic.ts'
import { open } from '../rules/open.ts'
import { createHold, type Held, type Hold } from './hold.ts'
import { forgetSeat, rememberSeat } from './memory.ts'
import type { Facts } from './panels/words.ts'
import type { Scene } from './scene.ts'
import { createViewer } from './viewer.ts'

/** The page's visit to a room: first watching, then with a seat. Wishes resolve to a refusal, if it was one. */
export interface Visit {
  /** Code of the room; the one that was asked for as long as there is none. */
  readonly code: string
  readonly status: Facts['status']
  readonly trouble: Facts['trouble']
  readonly stops: Facts['stops']
  readonly seat: number
  readonly game: Watcher<Pit> | undefined
  /** Gives what is to be drawn now; the same object as long as nothing has changed. */
  see(now: number): Scene | undefined
  /** Goes to watch a room: by its code, or with '' any public one. */
  watch(code: string): Promise<Refused | undefined>
  /** Takes a seat in the room, if there is none yet, and asks for a snake. */
  join(name: string): Promise<Refused | undefined>
  /** Gives the seat up and watches the same room. */
  stand(): Promise<Refused | undefined>
  /** Takes the seat again that this tab had in a room before it was loaded anew. `link` is what `watch` would be given. */
  resume(name: string, room: string, link: string): Promise<Refused | undefined>
  /** Makes a private room and takes a seat there. */
  found(name: string): Promise<Refused | undefined>
  /** Turns the snake, if it lives. */
  turn(to: Dir): void
}

/** Begins a visit to the server at `base`. `changed` is called when anything but the scene has. */
export function createVisit(base: URL, changed: () => void): Visit {
  const hold = createHold(changed)
  const dials = createDials(base, hold)
  const see = createViewer()
  /** What the page was asked to show: a room by its code, or '' for any public one. */
  let asked = ''
  const code = () => hold.held?.game.code ?? asked
  const player = () => hold.held?.player

  async function sit(name: string): Promise<Refused | undefined> {
    const no = await dials.sit(name, code())
    // Of public rooms any will do.
    return no?.code === 'UNKNOWN_ROOM' && asked === '' ? dials.sit(name, '') : no
  }

  return {
    get code() {
      return code()
    },
    get status() {
      return hold.status
    },
    get trouble() {
      return hold.trouble
    },
    get stops() {
      return hold.stops
    },
    get seat() {
      return player()?.seat ?? 0
    },
    get game() {
      return hold.held?.game
    },
    see: (now) => see(hold.held?.game, now),
    watch(wanted) {
      forgetSeat()
      asked = wanted
      return dials.look(wanted)
    },
    stand() {
      forgetSeat()
      return dials.look(code())
    },
    async join(name) {
      if (hold.dialling) return undefined
      const seated = player() !== undefined && player()?.status !== 'closed'
      return (seated ? undefined : await sit(name)) ?? ask(hold)
    },
    async resume(name, room, link) {
      asked = link
      return (await dials.look(room)) ?? dials.sit(name, room)
    },
    found: (name) => dials.found(name),
    turn(to) {
      const game = player()
      if (game?.status === 'live' && game.state.snakes.get(game.seat)?.life === 'alive') game.send('turn', to)
    },
  }
}

/** Asks for a snake. */
async function ask(hold: Hold): Promise<Refused | undefined> {
  const no = await hold.held?.player?.ask('play')
  if (!no || no.code === 'ALREADY_ALIVE') return undefined
  hold.trouble = no
  return no
}

/** The ways into a room. */
interface Dials {
  /** Watches a room. */
  look(room: string): Promise<Refused | undefined>
  /** Takes a seat there. */
  sit(name: string, room: string): Promise<Refused | undefined>
  /** Takes a seat in a new private one. */
  found(name: string): Promise<Refused | undefined>
}

function createDials(base: URL, hold: Hold): Dials {
  const rules = () => (hold.held?.game.state.mode === 'open' ? open : classic)
  return {
    look(code) {
      hold.drop()
      return hold.replace(async () => ({ game: await watch(base, pit, { code }) }))
    },
    sit: (name, code) =>
      hold.replace(async () => seated(await join(base, pit, { name }, { code, rules: rules() }))),
    found: (name) =>
      hold.replace(async () => seated(await create(base, pit, { name }, { private: true, rules: rules() }))),
  }
}

function seated(player: NonNullable<Held['player']>): Held {
  rememberSeat(player.code)
  return { game: player, player }
}
