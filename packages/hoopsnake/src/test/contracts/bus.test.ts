import { memoryBus } from '../../core/bus.ts'
import { virtualClock } from '../../core/clock.ts'
import { busContract } from './bus.ts'
import { logBook } from './ears.ts'

busContract('memory', () => {
  const clock = virtualClock()
  const log = logBook()
  const bus = memoryBus({ clock, log: log.log })
  return { bus, other: bus, clock, log }
})
