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
  /** By what the page woke, and how many ms later it had a state of the room from after that: what waited is none. */
  readonly wakes: {
    readonly by: string
    readonly at: number
    readonly due: number
    back: number | undefined
  }[]
}

/** The first tick that was seen, and when. The room makes 20 a second by the clock. */
let first: { readonly tick: number; readonly at: number }

const notes = { seats: [], statuses: [], views: [], fates: [], wakes: [] } as unknown as Notes

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
  const { game, views, wakes } = notes
  const now = performance.now()
  if (game?.status === 'live') {
    views.push([now, game.view().tick])
    for (const wake of wakes) if (game.tick > wake.due) wake.back ??= now - wake.at
  }
  requestAnimationFrame(frame)
}

function wake({ type }: Event): void {
  if (document.visibilityState === 'hidden') return
  const at = performance.now()
  notes.wakes.push({ by: type, at, due: first.tick + (at - first.at) / 50, back: undefined })
}

Object.assign(globalThis, { notes })
await enter()
first = { tick: notes.game.tick, at: performance.now() }
frame()
document.addEventListener('visibilitychange', wake)
addEventListener('online', wake)
// Not in every browser, and so not in TypeScript's.
;(navigator as { connection?: EventTarget }).connection?.addEventListener('change', wake)
addEventListener('pageshow', (event) => event.persisted && wake(event))
