import { cleanName } from 'hoopsnake'
import { NAME } from '../protocol.ts'

// The name is for this machine; the seat for this tab, across reloads.
const name = 'hoopsnake.name'
const seat = 'hoopsnake.room'

/** Gives the name used last; '' if there is none. */
export function lastName(): string {
  return cleanName(attempt(() => localStorage.getItem(name)) ?? '', NAME)
}

export function rememberName(chosen: string): void {
  attempt(() => localStorage.setItem(name, chosen))
}

/** Gives the code of the room in which this tab had a seat; '' if there is none. */
export function lastSeat(): string {
  return attempt(() => sessionStorage.getItem(seat)) ?? ''
}

export function rememberSeat(code: string): void {
  attempt(() => sessionStorage.setItem(seat, code))
}

export function forgetSeat(): void {
  attempt(() => sessionStorage.removeItem(seat))
}

/** Storage may be forbidden or full. Then nothing is remembered. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
