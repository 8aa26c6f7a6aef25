import { bots } from './bots.ts'
import { hz } from './hz.ts'
import { pit } from './protocol.ts'
import { withBots } from './rules/bots.ts'
import { classic } from './rules/classic.ts'
import { topScores } from './rules/scores.ts'

/** The classic pit: ten snakes at most, any number of people around it. */
export const classicPit = pit.room(withBots(classic, bots()), {
  hz: hz(2.3),
  seats: 100,
  // From the first birth to the last death.
  idle: (state) => state.phase !== 'playing',
  closeEmptyAfter: '60s',
  holdSeat: '30s',
  save: { every: '5s' },
  load: topScores,
})
