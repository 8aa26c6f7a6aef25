/* A page that plays in the yard, and tells a test what it saw. */
import { join } from '../../packages/hoopsnake/src/client/index.ts'
import type { Game } from '../../packages/hoopsnake/src/client/index.ts'
import { yard, yardRules } from '../yard.ts'

/** What a test reads. */
export interface Notes {
  game: Game<typeof yard>
  readonly seats: number[]
  readonly statuses: string[]
  /** What was seen of others, frame by frame: when, and at which tick. */
  readonly views: [at: number, tick: number][]
  readonly fates: string[]
}

const notes = { seats: [], statuses: [], views: [], fates: [] } as unknown as Notes

async function enter(): Promise<void> {
  const game = await join('/', yard, { name: 'Ann' }, { rules: yardRules })
  notes.game = game
  notes.seats.push(game.seat)
  game.when('status', (status, reason) => {
    notes.statuses.push(reason?.code ?? status)
    // What a player would be asked: another seat, please.
    if (reason?.code === 'GONE') void enter()
  })
}

function frame(): void {
  const { game, views } = notes
  if (game?.status === 'live') views.push([performance.now(), game.view().tick])
  requestAnimationFrame(frame)
}

Object.assign(globalThis, { notes })
await enter()
frame()
