import { list } from 'hoopsnake/client'
import { pit, type Dir } from '../protocol.ts'
import { everyFrame } from './clock.ts'
import { createDebug } from './debug.ts'
import { createNameDialog } from './dialogs/name.ts'
import { createRoomsDialog } from './dialogs/rooms.ts'
import { element } from './elements.ts'
import { publish } from './hook.ts'
import { listenToKeys } from './input/keyboard.ts'
import { listenToTouch } from './input/touch.ts'
import { lastName, lastSeat } from './memory.ts'
import { createPanels } from './panels/panels.ts'
import { lifeOf, type Banner, type Facts } from './panels/words.ts'
import { codeInLink, offerLink, showCode } from './link.ts'
import type { Scene } from './scene.ts'
import { createScreen } from './screen/screen.ts'
import { createVisit } from './visit.ts'

const base = new URL('.', location.href)
const touch = matchMedia('(pointer: coarse)')
const screen = createScreen({
  stage: element('stage', HTMLElement),
  field: element('field', HTMLCanvasElement),
  map: element('map-field', HTMLCanvasElement),
})
const debug = createDebug(element('debug', HTMLElement))

// '' until one is given in this visit, so that nobody plays by another's name unasked.
let name = ''
let scene: Scene | undefined
// Set by whatever changes the words on the page.
let stale = true
/** What somebody without a name asked for. */
let wanted: (() => Promise<void>) | undefined

const visit = createVisit(base, () => (stale = true))
const panels = createPanels(act)
const rename = element('rename', HTMLButtonElement)
const names = createNameDialog((given) => {
  // A seat has one name: with another one is another player.
  if (name !== given && visit.seat > 0) void visit.stand()
  take(given)
  const then = wanted
  wanted = undefined
  void then?.()
})
const rooms = createRoomsDialog(
  () => list(base, pit),
  () => visit.code,
  enter,
)
function facts(): Facts {
  const { status, trouble, code, seat, stops } = visit
  return { status, trouble, room: code, scene, me: seat, touch: touch.matches, stops }
}

function take(given: string): void {
  name = given
  rename.textContent = `as ${name}`
  rename.hidden = false
}

function named(then: () => Promise<void>): void {
  if (name !== '') return void then()
  wanted = then
  names.open()
}

async function play(): Promise<void> {
  const no = await visit.join(name)
  if (no?.code !== 'NAME_EMPTY') return
  name = ''
  names.open(no.message)
}

async function foundRoom(): Promise<void> {
  const no = await visit.found(name)
  if (!no) showCode(visit.code)
}

/** Goes to another room, and says so in the address. */
function enter(code: string): void {
  showCode(code)
  void visit.watch(code)
}

function act(does: Banner['does']): void {
  if (does === 'reload') location.reload()
  else if (does === 'leaveRoom') enter('')
  else if (does === 'watch') void visit.watch(codeInLink())
  else if (does === 'join') named(play)
}

const wishes = {
  turn: (to: Dir) => visit.turn(to),
  join: () => panels.press(),
  debug: () => debug.toggle(),
}
listenToKeys(wishes)
listenToTouch(element('pad', HTMLElement), wishes)
element('rooms-open', HTMLButtonElement).addEventListener('click', () => void rooms.open())
rename.addEventListener('click', () => {
  wanted = undefined
  names.open()
})
element('room-new', HTMLButtonElement).addEventListener('click', () => named(foundRoom))
offerLink(element('link-copy', HTMLButtonElement), () => visit.code)
addEventListener('hashchange', () => {
  if (codeInLink() !== visit.code) void visit.watch(codeInLink())
})
touch.addEventListener('change', () => (stale = true))

everyFrame((now) => {
  const seen = visit.see(now)
  if (seen) screen.show(seen, visit.seat)
  if (seen !== scene || stale) {
    scene = seen
    stale = false
    panels.show(facts(), name)
  }
  debug.show(visit, now)
})

publish({
  get status() {
    return visit.status
  },
  get room() {
    return visit.code
  },
  get seat() {
    return visit.seat
  },
  get life() {
    return lifeOf(facts())
  },
  get tick() {
    return visit.game?.tick ?? 0
  },
  get scene() {
    return scene
  },
})

await begin()

/** A tab that is loaded anew goes back to its seat; any other watches and asks for a name. */
async function begin(): Promise<void> {
  const code = codeInLink()
  const seat = lastSeat()
  if (lastName() !== '' && seat !== '' && (code === '' || code === seat)) {
    take(lastName())
    if (!(await visit.resume(name, seat, code))) return
    name = ''
  }
  names.open()
  // Where there is nothing to watch, that is what there is to read.
  if (await visit.watch(code)) names.close()
}
