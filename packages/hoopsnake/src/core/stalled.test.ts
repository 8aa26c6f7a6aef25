import { beforeEach, expect, test } from 'vitest'
import { enterRaw } from '../../../../tests/enterRaw.ts'
import { quietHost } from '../../../../tests/quietHost.ts'
import type { Raw, RawDial } from '../test/raw.ts'
import { uint } from '../wire/numbers.ts'
import { bytes as binary } from '../wire/text.ts'
import { map } from '../wire/map.ts'
import { struct } from '../wire/struct.ts'
import type { VirtualClock } from './clock.ts'
import { virtualClock } from './clock.ts'
import type { Host } from './host.ts'
import { rooms } from './kind.ts'
import type { Arrival, Link } from './link.ts'
import type { Pipe } from './pipe.ts'
import { protocol } from './protocol.ts'

/** Something comes and goes with every tick. */
const crowd = protocol('crowd', 1, {
  state: { things: map(uint, struct({ x: uint, born: uint }), 200), noise: binary(2000) },
  inputs: { gossip: uint, shout: uint },
  events: { born: uint, whispered: uint, shouted: uint },
})

const room = crowd.room(
  {
    create: () => ({ things: new Map(), noise: new Uint8Array() }),
    inputs: {
      gossip(inside, seat, times) {
        for (let n = 1; n <= times; n++) inside.send(seat, 'whispered', n)
      },
      shout(inside, _, times) {
        for (let n = 1; n <= times; n++) inside.broadcast('shouted', n)
      },
    },
    tick(inside) {
      const { things } = inside.state
      things.set(inside.tick, { x: inside.int(1000), born: inside.tick })
      inside.broadcast('born', inside.tick)
      inside.state.noise = new Uint8Array(2000).fill(inside.tick)
      for (const thing of things.values()) thing.x++
      things.delete(inside.tick - 50)
    },
  },
  { hz: 20 },
)

let clock: VirtualClock
let host: Host

beforeEach(() => {
  clock = virtualClock()
  host = quietHost({
    rooms: rooms('test:', { room }),
    clock,
  })
})

const enter = (link: Link = host, dial: RawDial = {}): Promise<Raw<typeof crowd>> =>
  enterRaw({ link, clock, tick: 50 }, crowd, dial)

/** A way to the host on which what is sent waits while the client stands still. */
function slowly(link: Link) {
  const waiting: (() => void)[] = []
  let bytes = 0
  const way = {
    still: false,
    /** The most bytes that have waited. */
    most: 0,
    link: {
      list: (name: string) => link.list(name),
      connect: (pipe: Pipe, arrival: Arrival) =>
        link.connect(
          {
            write(frame, before) {
              if (!way.still) return pipe.write(frame, before)
              const kept = before?.slice()
              waiting.push(() => pipe.write(frame, kept))
              bytes += frame.length + (kept?.length ?? 0)
              way.most = Math.max(way.most, bytes)
            },
            get queued() {
              return bytes
            },
            close: (code, reason) => pipe.close(code, reason),
          },
          arrival,
        ),
    },
    goOn() {
      way.still = false
      bytes = 0
      for (const write of waiting.splice(0)) write()
    },
  }
  return way
}

test.each([1, 5, 30])(
  '[SY4] a client that stands still for %i s is held little for, and then has what all others have',
  async (seconds) => {
    const way = slowly(host)
    const [ann, bob] = [await enter(way.link), await enter()]
    const play = (ms: number): void => {
      for (let left = ms; left > 0; left -= 500) {
        clock.advance(500)
        ann.confirm()
        bob.confirm()
      }
    }
    play(1000)
    const before = bob.deltas
    way.still = true
    play(1000 * seconds)
    expect(way.most).toBeLessThan(68 * 1024)
    way.goOn()
    play(2000)
    // Nobody else has noticed.
    expect([bob.deltas - before, bob.fulls]).toEqual([20 * (seconds + 2), 1])
    expect([ann.tick, ann.missed]).toEqual([bob.tick, 0])
    expect(ann.state).toEqual(bob.state)
    const born = ({ told }: typeof ann) => told.map(({ value }) => value)
    expect(born(ann).slice(1)).toEqual(born(bob))
  },
)

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

test('[SY7] what was sent in vain and has fallen out of the ring since is missed, to the last one', async () => {
  const [ann, bob] = [await enter(), await enter()]
  clock.advance(500)
  const shouted = ({ told }: Raw<typeof crowd>, since: number) =>
    told.filter(({ event, tick }) => event === 2 && tick > since).length
  const { tick } = ann
  // Ann's client never gets these: its machine says that it has nothing newer than the tick before.
  bob.send('shout', 300)
  clock.advance(50)
  ann.lose()
  const shouts = 30_000
  for (let sent = 0; sent < shouts; sent += 3000) {
    bob.send('shout', 3000)
    clock.advance(200)
    bob.confirm()
  }
  const { room: code, token, epoch } = ann.welcome!
  const back = await enter(host, { intent: 'resume', code, token, epoch, tick })
  const born = ({ told }: Raw<typeof crowd>) =>
    told.filter((one) => one.event === 0 && one.tick > tick).length
  expect(shouted(back, tick)).toBeGreaterThan(1000)
  expect(back.missed + shouted(back, tick) + born(back)).toBe(shouted(bob, tick) + born(bob))
})
