import type { Dir } from '../../protocol.ts'
import { commandOf } from './keys.ts'

/** What the player can ask for with the hands. */
export interface Wishes {
  turn(to: Dir): void
  join(): void
  debug(): void
}

/** Listens to the keyboard, except while something is typed or a dialog is open. */
export function listenToKeys(wishes: Wishes): void {
  // A button that was clicked gives the keyboard back to the game, or Space would press it again.
  addEventListener('click', ({ target, detail }) => {
    const byPointer = detail > 0
    if (byPointer && target instanceof HTMLElement) target.closest('button')?.blur()
  })
  addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]') || event.target instanceof HTMLInputElement) return
    const command = commandOf(event)
    if (command === undefined) return
    // A focused button is pressed by Space and Enter itself.
    if (command === 'join' && event.target instanceof HTMLButtonElement) return
    // Else the arrows and Space would scroll.
    event.preventDefault()
    if (command === 'join') wishes.join()
    else if (command === 'debug') wishes.debug()
    else if (command !== 'none') wishes.turn(command.turn)
  })
}
