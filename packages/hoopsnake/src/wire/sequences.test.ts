import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bool, oneOf } from './atoms.ts'
import { compile } from './compile.ts'
import { grid } from './grid.ts'
import { list } from './list.ts'
import { map } from './map.ts'
import { angle, f32, fixed, u8, uint } from './numbers.ts'
import { optional } from './optional.ts'
import { Reader } from './reader.ts'
import { struct } from './struct.ts'
import { bytes, str } from './text.ts'
import { Trail } from './trail.ts'
import { trail } from './trailType.ts'
import type { Type, Value } from './type.ts'
import { Writer } from './writer.ts'

// A room that goes on for a long time: one state, its shadow, and a client that gets every change.

const point = struct({ x: fixed(0, 64, 0.01), y: f32 })
const snake = struct({
  name: str(15),
  dir: oneOf('up', 'right', 'down', 'left'),
  heading: angle(8),
  alive: bool,
  body: trail(oneOf('up', 'right', 'down', 'left'), 40),
  way: trail(f32, 12),
  turns: list(oneOf('up', 'right', 'down', 'left'), 3),
  parts: list(point, 6),
  target: optional(point),
  luck: optional(u8),
  bag: map(str(3), u8, 8),
  friends: map(uint, struct({ since: uint, tags: list(str(4), 3) }), 5),
  sight: grid(6, 4),
  skin: bytes(5),
})
type Snake = Value<typeof snake>
const plainly = struct({ tick: uint, food: list(uint, 99), snakes: map(uint, snake, 9) })
type State = Value<typeof plainly>
const ways: [string, Type<State>][] = [
  ['by the table of its fields', plainly],
  ['by code made for it', compile(plainly)],
]

const dirs = ['up', 'right', 'down', 'left'] as const

function born(n: number): Snake {
  return {
    name: `snake ${n}`,
    dir: dirs[n % 4]!,
    heading: n / 7,
    alive: true,
    body: new Trail(dirs.slice(0, n % 4)),
    way: new Trail([n / 3]),
    turns: [],
    parts: [],
    target: undefined,
    luck: undefined,
    bag: new Map(),
    friends: new Map(),
    sight: new Uint8Array(24),
    skin: new Uint8Array(n % 5),
  }
}

/** Calls `change` with the element that n falls on, if there is any. */
function pick<T>(all: Iterable<T>, n: number, change: (one: T) => void): void {
  const list = [...all]
  if (list.length > 0) change(list[n % list.length]!)
}

function cut<K>(entries: Map<K, unknown>, n: number): void {
  pick(entries.keys(), n, (key) => entries.delete(key))
}

/** Sets a key again, so that it goes to the end. */
function reset<K, V>(entries: Map<K, V>, n: number): void {
  pick([...entries], n, ([key, value]) => {
    entries.delete(key)
    entries.set(key, value)
  })
}

const ofSnake: readonly ((s: Snake, n: number) => void)[] = [
  (s, n) => void (s.name = `name ${n % 50}`),
  (s, n) => void (s.dir = dirs[n % 4]!),
  (s, n) => void (s.heading += n),
  (s, n) => void (s.alive = n % 2 === 0),
  (s, n) => s.body.length < 40 && s.body.push(dirs[n % 4]!),
  (s, n) => {
    // Around the ring, many times.
    for (let i = 0; i < n % 50; i++) {
      if (s.body.length === 40) s.body.drop()
      s.body.push(dirs[(i + n) % 4]!)
    }
  },
  (s, n) => s.body.drop(n % 5),
  (s, n) => n % 3 === 0 && s.body.clear(),
  (s, n) => void (s.body = new Trail([...s.body].slice(n % 3))),
  (s, n) => void (s.body = new Trail([...s.body].reverse().slice(n % 3))),
  // Back to an earlier copy, which then goes on by as much: the counters alone would not tell.
  (s, n) => {
    const earlier = snake.copy(s)
    for (let i = 0; i < 3; i++) s.way.push(n + i)
    s.way.drop(Math.max(0, s.way.length - 12))
    if (n % 2) for (let i = 0; i < 3; i++) earlier.way.push(n - i)
    earlier.way.drop(Math.max(0, earlier.way.length - 12))
    s.way = earlier.way
  },
  (s, n) => s.turns.length < 3 && s.turns.push(dirs[n % 4]!),
  (s) => s.turns.shift(),
  (s, n) => s.parts.length < 6 && s.parts.splice(n % 3, 0, { x: n % 64, y: n / 3 }),
  (s, n) => s.parts.splice(n % 3, 1),
  (s, n) => pick(s.parts, n, (part) => (part.y += 1 / 3)),
  (s, n) => void (s.target = n % 2 ? { x: (n % 640) / 10, y: n } : undefined),
  (s, n) => void (s.luck = n % 2 ? n % 256 : undefined),
  (s, n) => s.bag.size < 8 && s.bag.set(`${n % 20}`, n % 256),
  (s, n) => cut(s.bag, n),
  (s, n) => reset(s.bag, n),
  (s, n) => s.friends.size < 5 && s.friends.set(n % 9, { since: n, tags: [] }),
  (s, n) => pick(s.friends.values(), n, (friend) => (friend.tags = n % 2 ? ['a', `${n % 99}`] : [])),
  (s, n) => cut(s.friends, n),
  (s, n) => reset(s.friends, n),
  (s) => void (s.friends = new Map([...s.friends].reverse())),
  (s, n) => s.sight.fill(n % 256, n % 24, (n % 24) + (n % 7)),
  (s, n) => void (s.sight = Uint8Array.from(s.sight, (cell, i) => (i === n % 24 ? n % 256 : cell))),
  (s, n) => s.skin.fill(n % 256),
  (s, n) => void (s.skin = new Uint8Array(n % 6)),
]

const ofState: readonly ((s: State, n: number) => void)[] = [
  (s) => void s.tick++,
  (s, n) => s.food.length < 99 && s.food.push(n),
  (s, n) => s.food.splice(n % (s.food.length + 1), 1),
  (s, n) => void (s.food = s.food.filter((cell) => cell % 3 !== n % 3)),
  (s, n) => void (s.food[n % Math.min(s.food.length + 1, 99)] = n),
  (s, n) => s.snakes.size < 9 && s.snakes.set(n % 30, born(n)),
  (s, n) => cut(s.snakes, n),
  (s, n) => reset(s.snakes, n),
  (s, n) => void (s.snakes = new Map([...s.snakes].sort((a, b) => ((a[0] * n) % 7) - ((b[0] * n) % 7)))),
  // The same snake twice: both places have to follow it.
  (s, n) => pick(s.snakes.values(), n, (twin) => s.snakes.size < 9 && s.snakes.set(40 + (n % 3), twin)),
  (s, n) => pick(s.snakes.values(), n, (one) => (one.body = s.snakes.values().next().value!.body)),
]

function mutate(s: State, kind: number, n: number): void {
  if (kind < ofState.length) ofState[kind]!(s, n)
  else pick(s.snakes.values(), n, (one) => ofSnake[kind - ofState.length]!(one, n))
}

function bytesOf(value: State): string {
  const w = new Writer()
  plainly.write(w, plainly.copy(value))
  return Buffer.from(w.take()).toString('hex')
}

const ops = fc.array(
  fc.tuple(
    fc.nat(ofState.length + ofSnake.length - 1),
    fc.nat(100_000),
    fc.nat(9).map((n) => n < 3),
  ),
  { minLength: 100, maxLength: 200 },
)

test.each(ways)(
  '[WI4] [WI5] [WI9] over a long sequence of changes a client stays equal to the room, %s',
  (_, state) => {
    fc.assert(
      fc.property(ops, (steps) => {
        const room: State = { tick: 0, food: [], snakes: new Map([[1, born(1)]]) }
        const w = new Writer()
        state.write(w, room)
        let shadow = state.copy(room)
        let client = state.read(new Reader(w.take()))
        for (const [kind, n, flush] of steps) {
          mutate(room, kind, n)
          if (!flush) continue
          w.clear()
          const before = bytesOf(client)
          shadow = state.diff(w, shadow, room)
          const next = w.length > 0 ? state.patch(new Reader(w.take()), client) : client
          expect(bytesOf(client)).toBe(before)
          client = next
          expect(bytesOf(client)).toBe(bytesOf(room))
          expect(bytesOf(shadow)).toBe(bytesOf(room))
          // Rounded: both ends compute with the same numbers.
          expect(client).toEqual(room)
        }
      }),
      { numRuns: 25 },
    )
  },
)

test.each(ways)('[WI5] a room that is set back to its shadow goes on from there, %s', (_, state) => {
  fc.assert(
    fc.property(ops, ops, (steps, more) => {
      let room: State = { tick: 0, food: [], snakes: new Map([[1, born(1)]]) }
      state.write(new Writer(), room)
      let shadow = state.copy(room)
      let client = state.copy(shadow)
      const flush = (): void => {
        const w = new Writer()
        shadow = state.diff(w, shadow, room)
        if (w.length > 0) client = state.patch(new Reader(w.take()), client)
        expect(bytesOf(client)).toBe(bytesOf(room))
      }
      for (const [kind, n, back] of steps.slice(0, 60)) {
        mutate(room, kind, n)
        if (back) room = state.copy(shadow)
        else flush()
      }
      for (const [kind, n] of more.slice(0, 20)) mutate(room, kind, n)
      flush()
    }),
    { numRuns: 20 },
  )
})
