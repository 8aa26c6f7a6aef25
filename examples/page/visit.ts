import { create, join, type Game, type Refused } from 'hoopsnake/client'
import { talk, type Talk } from '../protocol.ts'

/** Which room to go to: one that has this code, a new one, or any. */
export type Where = { readonly code: string } | 'new' | 'any'

/** Told what happens while one is there. */
export interface Visitor {
  said(text: string, tick: number): void
  /** Told whenever anything else may have changed: connection, room, players. */
  changed(game: Game<Talk>): void
  /** It is over. */
  gone(reason: Refused): void
}

/**
 * Goes to a room and stays as long as there is one: a lost connection comes back by itself; and where the seat is gone,
 * as when another server has taken over from a dead one, it joins anew. Rejects with Refused.
 */
export async function visit(url: string | URL, where: Where, visitor: Visitor): Promise<Game<Talk>> {
  // Whoever loads the page anew is somebody else here.
  const options = { keep: false }
  const game = await (where === 'new'
    ? create(url, talk, {}, { ...options, private: true })
    : join(url, talk, {}, where === 'any' ? options : { ...options, code: where.code }))
  game.on('said', (text, tick) => visitor.said(text, tick))
  game.on('state', () => visitor.changed(game))
  game.on('status', () => visitor.changed(game))
  game.on('closed', (reason) => {
    if (reason.code === 'GONE') visit(url, 'any', visitor).catch((no: Refused) => visitor.gone(no))
    else visitor.gone(reason)
  })
  visitor.changed(game)
  return game
}
