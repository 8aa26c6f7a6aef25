import type { Game, Refused } from 'hoopsnake/client'
import type { Talk } from '../protocol.ts'
import { visit, type Where } from './visit.ts'

const base = new URL('.', location.href)
/** Lines of the log that are kept. */
const MOST_LINES = 200

let game: Game<Talk> | undefined

function element<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} with id '${id}'`)
  return found
}

const status = element('status', HTMLElement)
const log = element('log', HTMLOListElement)
const connect = element('connect', HTMLButtonElement)
const disconnect = element('disconnect', HTMLButtonElement)
const fresh = element('create', HTMLButtonElement)
const code = element('code', HTMLInputElement)
const text = element('text', HTMLInputElement)

/** Adds a line. Text is all it ever is: it may come from other people. */
function write(line: string, kind = ''): void {
  const item = document.createElement('li')
  const time = document.createElement('time')
  time.textContent = new Date().toTimeString().slice(0, 8)
  item.className = kind
  item.append(time, line)
  log.append(item)
  while (log.childElementCount > MOST_LINES) log.firstElementChild!.remove()
  log.scrollTop = log.scrollHeight
}

function show(state: 'closed' | 'away' | 'live', words: string): void {
  document.body.dataset['status'] = state
  status.textContent = words
  connect.disabled = fresh.disabled = state !== 'closed'
  disconnect.disabled = state === 'closed'
}

const visitor = {
  said: (line: string) => write(line, line.startsWith('Pressed') ? 'own' : ''),
  changed(now: Game<Talk>) {
    game = now
    const { players } = now.state
    if (now.status === 'live') show('live', `room ${now.code}, ${players} here`)
    else if (now.status === 'away') show('away', 'reconnecting …')
  },
  gone(no: Refused) {
    game = undefined
    show('closed', no.code === 'LEFT' ? 'not connected' : `${no.code}: ${no.message}`)
  },
}

async function go(where: Where): Promise<void> {
  await game?.leave()
  show('away', 'connecting …')
  try {
    const { code: room } = await visit(base, where, visitor)
    // The address leads others here, where only a code does.
    if (where !== 'any') history.replaceState(null, '', `#${room}`)
  } catch (no) {
    visitor.gone(no as Refused)
  }
}

/** Goes to the room that the address names behind '#', or to any. */
function goByAddress(): void {
  const room = location.hash.slice(1)
  void go(room === '' ? 'any' : { code: room })
}

connect.addEventListener('click', goByAddress)
fresh.addEventListener('click', () => void go('new'))
disconnect.addEventListener('click', () => void game?.leave())
element('room', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const room = code.value.trim()
  if (room !== '') void go({ code: room })
})
element('chat', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  if (text.value !== '') game?.send('say', text.value)
  text.value = ''
})
addEventListener('hashchange', goByAddress)
// At once, not when the seat is no longer held.
addEventListener('pagehide', () => void game?.leave())

addEventListener('keydown', (event) => {
  if (event.repeat || event.target instanceof HTMLInputElement) return
  // The old number of a key: it is what one means by the code of a key.
  game?.send('key', event.keyCode)
})
for (const button of document.querySelectorAll('button')) {
  // A key that is pressed next is for the server, not for the button.
  button.addEventListener('click', () => button.blur())
  const key = Number(button.dataset['key'])
  if (key > 0) button.addEventListener('click', () => game?.send('key', key))
}

if (location.hash !== '') goByAddress()
