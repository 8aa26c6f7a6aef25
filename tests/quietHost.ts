import { memoryBus } from '../packages/hoopsnake/src/core/bus.ts'
import { createHost, type Host } from '../packages/hoopsnake/src/core/host.ts'
import { memoryStore } from '../packages/hoopsnake/src/core/store.ts'
import { createSeal } from '../packages/hoopsnake/src/server/seal.ts'

type Given = Parameters<typeof createHost>[0]

/** Makes a host for tests: the same secrets each time, and what is not given is there and says nothing. */
export function quietHost(given: Pick<Given, 'rooms' | 'clock'> & Partial<Given>): Host {
  let word = 7
  return createHost({
    seal: createSeal(['of these tests'], () => 0),
    entropy: () => (word = (Math.imul(word, 1664525) + 1013904223) >>> 0),
    store: memoryStore(),
    bus: memoryBus({ clock: given.clock, log: () => {} }),
    log: () => {},
    ...given,
  })
}
