/** Someone in the list of players. */
export interface Ranked {
  readonly id: number
  readonly score: number
}

/** Orders players by score, equals by who came first, and cuts the list; `me` is always on it. */
export function ranked<S extends Ranked>(
  players: readonly S[],
  me: number,
  most: number,
): { shown: S[]; more: number } {
  const sorted = [...players].sort((a, b) => b.score - a.score || a.id - b.id)
  const shown = sorted.slice(0, most)
  const own = sorted.find((player) => player.id === me)
  if (own && !shown.includes(own)) shown[shown.length - 1] = own
  return { shown, more: sorted.length - shown.length }
}
