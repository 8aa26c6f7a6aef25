import { text } from '../elements.ts'
import type { Snake } from '../scene.ts'
import { ranked } from './rank.ts'

// As in small.css: there the list has four lines, in two columns unless the map takes one.
const narrow = matchMedia('(max-width: 720px) and (orientation: portrait)')

/** Fills the list of players: who lives in their colour, the dead in grey, the reader's own line marked. */
export function showPlayers(list: HTMLElement, snakes: readonly Snake[], me: number): void {
  const most = narrow.matches ? (document.body.hasAttribute('data-map') ? 4 : 8) : 12
  const { shown, more } = ranked(snakes, me, most)
  const key = JSON.stringify([shown.map(({ id, name, life, score }) => [id, name, life, score]), more, me])
  if (list.dataset.shown === key) return
  list.dataset.shown = key
  const rows = shown.map((snake) => {
    const row = text('li', '', snake.life === 'dead' ? 'dead' : `c${snake.color}`)
    if (snake.id === me) row.classList.add('own')
    if (snake.bot) row.classList.add('bot')
    const sign = text('span', snake.id === me ? '>' : '', 'sign')
    const who = text('span', snake.name, 'who')
    const score = text('span', snake.life === 'dead' ? `x ${snake.score}` : String(snake.score))
    row.append(sign, who, score)
    return row
  })
  if (rows.length === 0) rows.push(text('li', 'nobody yet', 'none'))
  if (more > 0 && !narrow.matches) rows.push(text('li', `and ${more} more`, 'none'))
  list.replaceChildren(...rows)
}
