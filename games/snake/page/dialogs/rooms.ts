import type { Listing } from 'hoopsnake'
import { element, text } from '../elements.ts'

/**
 * Shows the public rooms. `ask` gives them, `here` the code of the one that the reader is in, `go` is called with the
 * code of the one that is chosen.
 */
export function createRoomsDialog(
  ask: () => Promise<readonly Listing[]>,
  here: () => string,
  go: (code: string) => void,
): { open(): Promise<void> } {
  const dialog = element('rooms', HTMLDialogElement)
  const list = element('rooms-list', HTMLElement)
  const row = (room: Listing): HTMLElement => {
    const item = document.createElement('li')
    const button = text('button', '')
    button.type = 'button'
    button.append(text('b', room.code), text('span', wordsOf(room)))
    if (room.code === here()) button.ariaCurrent = 'true'
    button.addEventListener('click', () => {
      dialog.close()
      go(room.code)
    })
    item.append(button)
    return item
  }
  return {
    async open() {
      list.replaceChildren(text('li', 'asking…'))
      dialog.showModal()
      try {
        const rooms = await ask()
        list.replaceChildren(
          ...(rooms.length > 0 ? rooms.map(row) : [text('li', 'No room is open: join, and one is.')]),
        )
      } catch {
        list.replaceChildren(text('li', 'The server does not answer.'))
      }
    },
  }
}

/** Says how full a room is. */
function wordsOf({ seats, seatsMax, watchers }: Listing): string {
  const players = `${seats} ${seats === 1 ? 'player' : 'players'}`
  return `${seats === seatsMax ? 'full: ' : ''}${players}${watchers > 0 ? ` · ${watchers} watching` : ''}`
}
