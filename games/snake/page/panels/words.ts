import type { Scene, Score } from '../scene.ts'

/** What the banner and the status line are worded from. */
export interface Facts {
  readonly status: 'connecting' | 'live' | 'away' | 'closed'
  /** Why it was closed, or what the last wish was refused for. */
  readonly trouble: { readonly code: string; readonly message: string } | undefined
  /** Code of the room; the one that was asked for as long as there is none. */
  readonly room: string
  /** What is shown; undefined before anything came. */
  readonly scene: Scene | undefined
  /** The reader's seat; 0 for a watcher. */
  readonly me: number
  /** Whether the reader steers with a finger. */
  readonly touch: boolean
  /** How long the server lets players stay yet, in ms, if it said that it will stop; until there is one again. */
  readonly stops: number | undefined
}

/** What the banner says, and what its button does; it has none where `act` is ''. */
export interface Banner {
  readonly title: string
  readonly text: string
  readonly act: string
  readonly does: 'join' | 'watch' | 'reload' | 'leaveRoom' | 'nothing'
  /** In the middle of the field, for what everybody stops for. */
  readonly loud: boolean
}

export type Life = 'none' | 'due' | 'alive' | 'dead'

/** Tells whether the reader's snake lives. */
export function lifeOf({ scene, me }: Pick<Facts, 'scene' | 'me'>): Life {
  return scene?.snakes.find((snake) => snake.id === me)?.life ?? 'none'
}

/** Words the banner; undefined while one plays or waits for the server. */
export function bannerFor(facts: Facts): Banner | undefined {
  const { status, scene } = facts
  if (status === 'closed') return closedBanner(facts)
  if (status === 'away') return awayBanner(facts)
  const life = lifeOf(facts)
  if (status === 'connecting' || !scene || life === 'alive' || life === 'due') return undefined
  const refused = facts.trouble?.message
  const act = life === 'none' ? 'Join' : 'Join again'
  const hint = facts.touch ? '' : `Press Space or Enter to ${act.toLowerCase()}.`
  if (scene.phase === 'over') {
    const lines = [winnerOf(scene), refused ?? hint]
    return { title: 'GAME OVER', text: lines.filter(Boolean).join('\n'), act, does: 'join', loud: true }
  }
  const own = scene.snakes.find((snake) => snake.id === facts.me)
  const state = own ? `Score ${own.score}.` : scene.phase === 'waiting' ? 'The pit is empty.' : ''
  const text = refused ?? [state, hint].filter(Boolean).join(' ')
  return { title: own ? 'You died' : '', text, act, does: 'join', loud: false }
}

function awayBanner({ me, stops }: Facts): Banner {
  const kept = me > 0 ? 'Your place is kept for a while.' : ''
  const text = stops === undefined ? kept : 'The server stopped. It is looked for until it is back.'
  return { title: 'Reconnecting…', text, act: '', does: 'nothing', loud: false }
}

function closedBanner({ trouble, room }: Facts): Banner {
  const base = { loud: true, text: trouble?.message ?? '' }
  switch (trouble?.code) {
    case 'WRONG_SCHEMA':
    case 'WRONG_WIRE':
      return {
        ...base,
        title: 'The game was updated',
        text: 'This page is older than the server.',
        act: 'Reload',
        does: 'reload',
      }
    case 'UNKNOWN_ROOM':
      return {
        ...base,
        title: `No room ${room}`,
        text: 'It was closed, or the link is wrong.',
        act: 'Play in public',
        does: 'leaveRoom',
      }
    case 'TAKEN_OVER':
      return {
        ...base,
        title: 'You play elsewhere',
        text: 'Another tab took your place.',
        act: 'Play here',
        does: 'join',
      }
    case 'GONE':
      return {
        ...base,
        title: 'Your place is gone',
        text: 'You were away for too long, or the server began anew.',
        act: 'Join again',
        does: 'join',
      }
    case 'UNREACHABLE':
      return { ...base, title: 'Disconnected', act: 'Try again', does: 'watch' }
    default:
      return { ...base, title: 'Disconnected', act: 'Join again', does: 'join' }
  }
}

/** Says who scored most in the round that is over. */
export function winnerOf({ snakes }: Pick<Scene, 'snakes'>): string {
  const best = snakes.reduce<Score | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined)
  if (!best || best.score === 0) return 'Nobody scored.'
  const winners = snakes.filter((snake) => snake.score === best.score).map((snake) => snake.name)
  return `${winners.join(' and ')} ${winners.length > 1 ? 'win' : 'wins'} with ${best.score}.`
}

/** Words the status line. */
export function statusFor({ status, room, scene, stops }: Facts): string {
  if (status === 'connecting') return 'connecting…'
  if (status === 'away') return 'reconnecting…'
  if (status === 'closed') return 'disconnected'
  // Alone: on a phone there is one line, and nobody wants the field to jump.
  if (stops !== undefined) return `the server stops within ${roughly(stops)}`
  const living = scene?.snakes.filter((snake) => snake.life !== 'dead').length ?? 0
  return `live · room ${room} · ${living} ${living === 1 ? 'snake' : 'snakes'}`
}

/** Words a time, by tens of seconds and then by minutes: who has the line read aloud is not to hear each second. */
function roughly(ms: number): string {
  const seconds = Math.max(10, Math.ceil(ms / 10_000) * 10)
  return seconds <= 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}
