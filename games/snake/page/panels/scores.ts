import { text } from '../elements.ts'
import type { Score } from '../scene.ts'

/** Fills the table of the best scores ever, as the room gives it: best first. */
export function showScores(list: HTMLElement, top: readonly Score[], own: string): void {
  const key = JSON.stringify([top, own])
  if (list.dataset.shown === key) return
  list.dataset.shown = key
  const rows = top.map(({ name, score }, index) => {
    const row = text('li', '', name === own ? 'own' : '')
    row.append(
      text('span', String(index + 1), 'rank'),
      text('span', name, 'who'),
      text('span', String(score)),
    )
    return row
  })
  list.replaceChildren(...(rows.length > 0 ? rows : [text('li', 'none yet', 'none')]))
}
