import type { Watcher } from 'hoopsnake/client'
import type { Pit, PitState } from '../protocol.ts'
import { sceneOf } from './read.ts'
import type { Scene } from './scene.ts'

/** Makes scenes of what a game shows, and keeps the last one while it holds. */
export function createViewer(): (game: Watcher<Pit> | undefined, now: number) => Scene | undefined {
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
