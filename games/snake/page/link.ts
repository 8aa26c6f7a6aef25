import { after } from './clock.ts'

/** Gives the code of the room that the address names behind '#'; '' if it names none. */
export function codeInLink(address: string = location.hash): string {
  const code = address.replace(/^#/, '')
  try {
    return decodeURIComponent(code).trim()
  } catch {
    // A lone '%' is no code; the server will say so.
    return code
  }
}

/** Puts the code of a room into the address, without loading anything. */
export function showCode(code: string): void {
  history.pushState(null, '', code ? `#${encodeURIComponent(code)}` : location.pathname + location.search)
}

/** Lets a button copy the link that leads into the room. */
export function offerLink(button: HTMLButtonElement, code: () => string): void {
  const words = button.textContent
  const say = (what: string): void => {
    button.textContent = what
    after(1500, () => (button.textContent = words))
  }
  button.addEventListener('click', () => {
    const link = new URL(location.href)
    link.hash = code()
    copy(link.href).then(
      () => say('Copied'),
      // Not to be copied, then to be read.
      () => void prompt('The link to this room:', link.href),
    )
  })
}

/** Copies text. The clipboard is there on secure origins only: rejects elsewhere. */
async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}
