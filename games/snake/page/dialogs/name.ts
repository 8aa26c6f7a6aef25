import { cleanName } from 'hoopsnake'
import { NAME } from '../../protocol.ts'
import { element } from '../elements.ts'
import { lastName, rememberName } from '../memory.ts'

/** Asks for a name. `named` is called with a good one; whoever closes the dialog otherwise goes on watching. */
export function createNameDialog(named: (name: string) => void): {
  open(trouble?: string): void
  close(): void
} {
  const dialog = element('name', HTMLDialogElement)
  const input = element('name-input', HTMLInputElement)
  const trouble = element('name-trouble', HTMLElement)
  element('name-watch', HTMLButtonElement).addEventListener('click', () => dialog.close())
  element('name-form', HTMLFormElement).addEventListener('submit', (event) => {
    const name = cleanName(input.value, NAME)
    if (name === '') {
      event.preventDefault()
      trouble.textContent = 'A name needs at least one visible character.'
      return
    }
    rememberName(name)
    named(name)
  })
  return {
    open(why = '') {
      trouble.textContent = why
      input.value = lastName()
      dialog.showModal()
      input.select()
    },
    close: () => dialog.close(),
  }
}
