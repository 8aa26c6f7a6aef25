import { hz } from './hz.ts'
import { pit } from './protocol.ts'
import { open } from './rules/open.ts'

/** The open field. Not saved: there is nothing to lose in it. */
export const openPit = pit.room(open, {
  hz: hz(20),
  seats: 4000,
  watchers: 4000,
  idle: (state) => state.phase !== 'playing',
  closeEmptyAfter: '30s',
  holdSeat: '30s',
})
