import type { Refused } from 'hoopsnake'
import { create, join, watch } from 'hoopsnake/client'
import type { Watcher } from 'hoopsnake/client'
import { pit, type Dir, type Pit, type PitState } from '../protocol.ts'
import { classic } from '../rules/classic.ts'
import { open } from '../rules/open.ts'
import { createHold, type Held } from './hold.ts'
import { forgetSeat, rememberSeat } from './memory.ts'
import type { Facts } from './panels/words.ts'
import { sceneOf } from './read.ts'
import type { Scene } from './scene.ts'

/** The page's visit to a room: first watching, then with a seat. Wishes resolve to a refusal, if it was one. */
export interface Visit {
  /** Code of the room; the one that was asked for as long as there is none. */
  readonly code: string
  readonly status: Facts['status']
  readonly trouble: Facts['trouble']
  readonly seat: number
  readonly game: Watcher<Pit> | undefined
  /** Gives what is to be drawn now; the same object as long as nothing has changed. */
  see(now: number): Scene | undefined
  /** Goes to watch a room: by its code, or with '' any public one. */
  watch(code: string): Promise<Refused | undefined>
  /** Takes a seat in the room, if there is none yet, and asks for a snake. */
  join(name: string): Promise<Refused | undefined>
  /** Takes the seat again that this tab had before it was loaded anew. */
  resume(name: string, code: string): Promise<Refused | undefined>
  /** Makes a private room and takes a seat there. */
  found(name: string): Promise<Refused | undefined>
  /** Turns the snake, if it lives. */
  turn(to: Dir): void
}

/** Begins a visit to the server at `base`. `changed` is called when anything but the scene has. */
export function createVisit(base: URL, changed: () => void): Visit {
  const hold = createHold(changed)
  const see = createViewer()
  /** What `watch` was last given. */
  let asked = ''
  const options = () => ({ rules: hold.held?.game.state.mode === 'open' ? open : classic })
  const code = () => hold.held?.game.code ?? asked
  const look = (wanted: string): Promise<Refused | undefined> => {
    hold.drop()
    asked = wanted
    return hold.replace(async () => ({ game: await watch(base, pit, { code: wanted }) }))
  }
  const seek = (name: string, wanted: string): Promise<Refused | undefined> =>
    hold.replace(async () => seated(await join(base, pit, { name }, { ...options(), code: wanted })))

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
    get seat() {
      return hold.held?.player?.seat ?? 0
    },
    get game() {
      return hold.held?.game
    },
    see: (now) => see(hold.held?.game, now),
    watch(wanted) {
      forgetSeat()
      return look(wanted)
    },
    async join(name) {
      if (hold.dialling) return undefined
      const { player } = hold.held ?? {}
      if (player === undefined || player.status === 'closed') {
        let no = await seek(name, code())
        // Of public rooms any will do.
        if (no?.code === 'UNKNOWN_ROOM' && asked === '') no = await seek(name, '')
        if (no) return no
      }
      const no = await hold.held?.player?.ask('play')
      if (!no || no.code === 'ALREADY_ALIVE') return undefined
      hold.trouble = no
      return no
    },
    resume: async (name, wanted) => (await look(wanted)) ?? seek(name, wanted),
    found: (name) =>
      hold.replace(async () => seated(await create(base, pit, { name }, { ...options(), private: true }))),
    turn(to) {
      const { player } = hold.held ?? {}
      if (player && player.status !== 'closed' && player.state.snakes.get(player.seat)?.life === 'alive') {
        player.send('turn', to)
      }
    },
  }
}

function seated(player: NonNullable<Held['player']>): Held {
  rememberSeat(player.code)
  return { game: player, player }
}

/** Makes scenes of what a game shows, and keeps the last one while it holds. */
function createViewer(): (game: Watcher<Pit> | undefined, now: number) => Scene | undefined {
  let shown: { readonly state: unknown; readonly own: string; readonly scene: Scene } | undefined
  return (game, now) => {
    // When nothing is there any more, the last picture stays.
    if (game === undefined) return shown?.scene
    const state = game.state as PitState
    const ahead = { state: game.view(now).predicted as PitState, me: game.seat }
    const own = looks(ahead.state, game.seat)
    if (shown?.state !== state || shown.own !== own) shown = { state, own, scene: sceneOf(state, ahead) }
    return shown.scene
  }
}

/** Says in one text how a snake looks: the predicted state is changed in place, so that it cannot be compared. */
function looks({ snakes }: PitState, seat: number): string {
  const snake = snakes.get(seat)
  if (!snake) return ''
  return [snake.life, snake.x, snake.y, snake.body.pushed, snake.body.dropped, ...snake.turns].join(' ')
}
