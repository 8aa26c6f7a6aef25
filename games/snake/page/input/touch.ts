import { swipe, type Track } from './swipe.ts'
import type { Wishes } from './keyboard.ts'

/** Listens to fingers: swipes anywhere but on panels and buttons, and the pad on the page. */
export function listenToTouch(pad: HTMLElement, wishes: Wishes): void {
  const tracks = new Map<number, Track>()
  const begins = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse' || startsElsewhere(event.target)) return
    tracks.set(event.pointerId, { from: { x: event.clientX, y: event.clientY } })
  }
  const moves = (event: PointerEvent): void => {
    const track = tracks.get(event.pointerId)
    if (!track) return
    const next = swipe(track, { x: event.clientX, y: event.clientY })
    tracks.set(event.pointerId, next.track)
    if (next.turn) wishes.turn(next.turn)
  }
  const ends = (event: PointerEvent): void => void tracks.delete(event.pointerId)
  addEventListener('pointerdown', begins)
  addEventListener('pointermove', moves)
  addEventListener('pointerup', ends)
  addEventListener('pointercancel', ends)

  // On the way down: waiting for the finger to rise would cost a tenth of a second.
  pad.addEventListener('pointerdown', (event) => {
    const to = event.target instanceof HTMLElement ? event.target.dataset.turn : undefined
    const turn = dirs.find((known) => known === to)
    if (turn) wishes.turn(turn)
  })
}

const dirs = ['up', 'right', 'down', 'left'] as const

function startsElsewhere(target: EventTarget | null): boolean {
  return !(target instanceof Element) || target.closest('button, dialog, .panel, header') !== null
}
