import { element } from '../elements.ts'
import { now } from '../clock.ts'
import { showBanner } from './banner.ts'
import { showPlayers } from './players.ts'
import { showScores } from './scores.ts'
import { bannerFor, lifeOf, statusFor, type Banner, type Facts } from './words.ts'

// A finger that was steering a moment ago does not mean the banner that came up under it.
const deaf = 400

/** All words on the page. */
export interface Panels {
  /** Shows what there is to say. `name` is the reader's own. */
  show(facts: Facts, name: string): void
  /** Does what the button of the banner does, if there is one. */
  press(): void
}

/** Makes the panels. `act` is called when the button of the banner is pressed. */
export function createPanels(act: (does: Banner['does']) => void): Panels {
  const players = element('players-list', HTMLElement)
  const scores = element('scores-list', HTMLElement)
  const status = element('status', HTMLElement)
  const voice = element('voice', HTMLElement)
  let banner: Banner | undefined
  let since = 0
  const press = (): void => {
    if (banner) act(banner.does)
  }
  element('banner-act', HTMLButtonElement).addEventListener('click', press)
  element('stage', HTMLElement).addEventListener('click', (event) => {
    const tapped = !(event.target instanceof HTMLButtonElement) && matchMedia('(pointer: coarse)').matches
    if (tapped && now() - since > deaf) press()
  })
  return {
    press,
    show(facts, name) {
      const { dataset } = document.body
      dataset.status = facts.status
      dataset.life = lifeOf(facts)
      dataset.phase = facts.scene?.phase ?? 'waiting'
      document.body.toggleAttribute('data-stops', facts.stops !== undefined)
      setText(status, statusFor(facts))
      const next = bannerFor(facts)
      if (next?.title !== banner?.title) {
        since = now()
        voice.textContent = next?.loud ? `${next.title}. ${next.text}` : (next?.title ?? '')
      }
      banner = next
      showBanner(banner)
      showPlayers(players, facts.scene?.snakes ?? [], facts.me)
      showScores(scores, facts.scene?.top ?? [], name)
    },
  }
}

/** Writes only what is new: a status line is read aloud whenever it is written. */
function setText(at: HTMLElement, words: string): void {
  if (at.textContent !== words) at.textContent = words
}
