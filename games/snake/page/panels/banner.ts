import { element } from '../elements.ts'
import type { Banner } from './words.ts'

/** Shows a banner, or none. */
export function showBanner(banner: Banner | undefined): void {
  const box = element('banner', HTMLElement)
  const act = element('banner-act', HTMLButtonElement)
  // Hidden, a focused button would keep the keyboard.
  if (!banner) act.blur()
  box.hidden = !banner
  if (!banner) return
  box.classList.toggle('loud', banner.loud)
  element('banner-title', HTMLElement).textContent = banner.title
  element('banner-text', HTMLElement).textContent = banner.text
  act.textContent = banner.act
  act.dataset.does = banner.does
}
