import { beforeEach, expect, test } from 'vitest'
import type { Raw } from '../test/raw.ts'
import { dialRaw } from '../test/raw.ts'
import { uint } from '../wire/numbers.ts'
import { map } from '../wire/map.ts'
import { struct } from '../wire/struct.ts'
import { memoryBus } from './bus.ts'
import type { VirtualClock } from './clock.ts'
import { virtualClock } from './clock.ts'
import type { Host } from './host.ts'
import { createHost } from './host.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'
import { memoryStore } from './store.ts'
import { createSeal } from '../server/seal.ts'

/** Something comes and goes with every tick. */
const crowd = protocol('crowd', 1, {
  state: { things: map(uint, struct({ x: uint, born: uint }), 200) },
  inputs: { gossip: uint },
  events: { born: uint, whispered: uint },
})

const room = crowd.room(
  {
    create: () => ({ things: new Map() }),
    inputs: {
      gossip(inside, seat, times) {
        for (let n = 1; n <= times; n++) inside.send(seat, 'whispered', n)
      },
    },
    tick(inside) {
      const { things } = inside.state
      things.set(inside.tick, { x: inside.int(1000), born: inside.tick })
      inside.broadcast('born', inside.tick)
      for (const thing of things.values()) thing.x++
      things.delete(inside.tick - 1 - inside.int(100))
    },
  },
  { hz: 20 },
)

let clock: VirtualClock
let host: Host

beforeEach(() => {
  clock = virtualClock()
  let word = 7
  host = createHost({
    rooms: rooms('test:', { room }),
    clock,
    seal: createSeal(['of these tests'], () => 0),
    entropy: () => (word = (Math.imul(word, 1664525) + 1013904223) >>> 0),
    store: memoryStore(),
    bus: memoryBus({ clock, log: () => {} }),
    log: () => {},
  })
})

async function enter(): Promise<Raw<typeof crowd>> {
  const raw = dialRaw(host, crowd)
  for (let i = 0; i < 50; i++) await Promise.resolve()
  clock.advance(50)
  return raw
}

test('[SY7] a seat that is told too much in one tick is told how much it missed, though it keeps up', async () => {
  const ann = await enter()
  const whispers = () => ann.told.filter(({ event }) => event === 1).map(({ value }) => value)
  ann.send('gossip', 1234)
  clock.advance(50)
  expect(ann.fulls).toBe(1)
  expect([ann.missed, whispers().length, whispers().at(-1)]).toEqual([234, 1000, 1234])
  // More than a call can have arguments, on top of what waits already.
  ann.pipe.queued = 1e6
  for (const times of [1, 300_000]) {
    ann.send('gossip', times)
    clock.advance(50)
  }
  ann.pipe.queued = 0
  clock.advance(1000)
  expect([ann.missed, whispers().length]).toEqual([234 + 299_001, 2000])
})
