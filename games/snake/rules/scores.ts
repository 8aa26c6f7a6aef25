/* The score table: the 15 best, of each name only its best, kept over restarts. */
import type { Room, Services } from 'hoopsnake'
import { TOP } from '../protocol.ts'
import type { Pit, Score, Snake } from '../protocol.ts'

const BOARD = 'classic'

/** Reads the table. */
export function topScores({ store }: Services): Promise<Score[]> {
  return store.top(BOARD, TOP)
}

/** Brings everybody the table as it is now: other rooms, and this one before a crash, have written into it. */
export function showScores(room: Room<Pit>): void {
  room.later(topScores, 'scores')
}

/** Writes down what a snake has reached, at its death and not later, and brings the new table to everybody. Of a bot nothing. */
export function saveScore(room: Room<Pit>, { name, score, bot }: Snake): void {
  if (score === 0 || bot) return
  room.later(async (services) => {
    await services.store.record(BOARD, name, score)
    return topScores(services)
  }, 'scores')
}
