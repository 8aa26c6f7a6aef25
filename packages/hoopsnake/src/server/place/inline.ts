import { createHost } from '../../core/host.ts'
import { preciseClock } from '../clock.ts'
import type { Place } from './place.ts'

/** Runs all rooms in this thread, beside the sockets. The simplest place; enough for most games. */
export function inline(): Place {
  return async (given) => {
    const host = createHost({ ...given, tickClock: given.precise ? preciseClock() : undefined })
    await host.restore()
    return {
      link: host,
      stop: () => host.stop(),
      get counts() {
        return host.counts
      },
    }
  }
}
