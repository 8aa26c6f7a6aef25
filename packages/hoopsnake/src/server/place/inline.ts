import { createHost } from '../../core/host.ts'
import { date, preciseClock } from '../clock.ts'
import { createSeal } from '../seal.ts'
import { compiled } from './compiled.ts'
import type { Place } from './place.ts'

/** Runs all rooms in this thread, beside the sockets. The simplest place; enough for most games. */
export function inline(): Place {
  return async (given) => {
    const host = createHost({
      ...given,
      rooms: compiled(given.rooms),
      seal: createSeal(given.keys, date),
      tickClock: given.precise ? preciseClock() : undefined,
    })
    await host.restore()
    return {
      link: host,
      stop: () => host.stop(),
      get reports() {
        return [{ ...host.report, thread: 'main', answers: true, self: undefined }]
      },
      get counts() {
        return host.counts
      },
    }
  }
}
