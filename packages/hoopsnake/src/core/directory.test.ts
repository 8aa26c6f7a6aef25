import { expect, test } from 'vitest'
import { enterRaw } from '../../../../tests/enterRaw.ts'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { uint } from '../wire/numbers.ts'
import { virtualClock } from './clock.ts'
import type { Host } from './host.ts'
import type { RoomOptions } from './kind.ts'
import { rooms } from './kind.ts'
import { protocol } from './protocol.ts'
import { memoryStore } from './store.ts'

const pit = protocol('pit', 1, { state: { beats: uint } })
const hall = protocol('hall', 1, { state: { beats: uint } })
const rules = { create: () => ({ beats: 0 }) }
const clock = virtualClock()
const store = memoryStore()

async function start(maxRooms: number, options: RoomOptions<typeof pit> = {}): Promise<Host> {
  let word = maxRooms
  const host = quietHost({
    rooms: rooms('test:', { pit: pit.room(rules, options), hall: hall.room(rules, { always: true }) }),
    clock,
    store,
    // Other codes each time.
    entropy: () => (word = (Math.imul(word, 1664525) + 1013904223) >>> 0),
    maxRooms,
  })
  await host.restore()
  return host
}

const dial = (host: Host, how: RawDial): Promise<Raw<typeof pit>> =>
  enterRaw({ link: host, clock, tick: 100 }, pit, how)

test('[RM26] saved rooms beyond the limit open again and count; there is no new one until it is kept', async () => {
  const saved: RoomOptions<typeof pit> = { save: { every: '1s' }, holdSeat: '1s', closeEmptyAfter: '1s' }
  const before = await start(4, saved)
  const players: Raw<typeof pit>[] = []
  for (let i = 0; i < 3; i++) players.push(await dial(before, { intent: 'create' }))
  const turnedAway = await dial(before, { intent: 'create' })
  expect(turnedAway.reason?.code).toBe('SERVER_FULL')
  await before.stop()

  const after = await start(3, saved)
  expect(after.counts.rooms).toBe(4)
  const back = ({ welcome, tick }: Raw<typeof pit>): Promise<Raw<typeof pit>> =>
    dial(after, { ...welcome!, intent: 'resume', code: welcome!.room, tick })
  const ann = await back(players[0]!)
  const bob = await back(players[1]!)
  expect([ann.welcome?.seat, bob.welcome?.seat]).toEqual([1, 1])
  const late = await dial(after, { intent: 'create' })
  expect(late.reason?.code).toBe('SERVER_FULL')

  // The third does not come back.
  clock.advance(5000)
  expect(after.counts.rooms).toBe(3)
  ann.leave()
  clock.advance(5000)
  expect(after.counts.rooms).toBe(2)
  const last = await dial(after, { intent: 'create' })
  expect(last.reason).toBeUndefined()
  expect(after.counts.rooms).toBe(3)
})
