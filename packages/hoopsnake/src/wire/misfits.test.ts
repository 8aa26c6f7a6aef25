import { describe, expect, test } from 'vitest'
import { nothing } from './atoms.ts'
import { compile } from './compile.ts'
import { Misfit } from './errors.ts'
import { grid } from './grid.ts'
import { list } from './list.ts'
import { map } from './map.ts'
import { f32, u8, uint } from './numbers.ts'
import { optional } from './optional.ts'
import { Reader } from './reader.ts'
import { struct } from './struct.ts'
import { str } from './text.ts'
import { Trail } from './trail.ts'
import { trail } from './trailType.ts'
import type { Type, Value } from './type.ts'
import { Writer } from './writer.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- wrong values are the point
type Wrong = any

const point = struct({ x: u8, y: u8 })

const ways: [string, <T>(type: Type<T>) => Type<T>][] = [
  ['by the table of fields', (type) => type],
  ['by code made for it', compile],
]

describe.each(ways)('[WI8] a Misfit names the place, %s', (_, made) => {
  const plainly = struct({
    snakes: map(
      uint,
      struct({ color: u8, tags: list(str(3), 2), way: trail(f32, 9), at: optional(point) }),
      3,
    ),
    names: map(str(9), list(point, 3), 3),
    food: list(u8, 9),
    herd: map(uint, struct({ at: point, name: str(3) }), 99),
  })
  const state = made(plainly)
  const fresh = (): Value<typeof state> => ({
    snakes: new Map([[7, { color: 1, tags: ['a', 'b'], way: new Trail([1, 2]), at: { x: 1, y: 2 } }]]),
    names: new Map([['ann', [{ x: 1, y: 2 }]]]),
    food: [1, 2, 3],
    herd: new Map(Array.from({ length: 70 }, (__, id) => [id, { at: { x: 1, y: 2 }, name: 'a' }])),
  })
  const beast = (s: Wrong): Wrong => s.herd.get(50)
  const snake = (s: Wrong): Wrong => s.snakes.get(7)

  test.each<[string, (s: Wrong) => unknown]>([
    ['snakes[7].color: expected an integer 0 … 255, got 256', (s) => (snake(s).color = 256)],
    ['snakes[7].tags[1]: expected a text of at most 3 characters, got 9', (s) => (snake(s).tags[1] = 9)],
    ['snakes[7].tags: expected an array of at most 2, got an array of 3', (s) => snake(s).tags.push('c')],
    ['snakes[7].tags: expected an array of at most 2, got an object', (s) => (snake(s).tags = {})],
    ['snakes[7].way[2]: expected a finite number of 32 bits, got NaN', (s) => snake(s).way.push(Number.NaN)],
    ['snakes[7].way: expected a Trail: new Trail([…]), got an array of 0', (s) => (snake(s).way = [])],
    [
      'snakes[7].way: expected a Trail of at most 9, got one of 10',
      (s) => (snake(s).way = new Trail(Array(10).fill(1))),
    ],
    ['snakes[7].at.x: expected an integer 0 … 255, got -1', (s) => (snake(s).at.x = -1)],
    ['snakes[7].at: expected an object with x, y, got null', (s) => (snake(s).at = null)],
    ['snakes: expected a Map of at most 3, got an object', (s) => (s.snakes = {})],
    [
      'snakes: expected a Map of at most 3, got a Map of 4',
      (s) => [1, 2, 3].forEach((k) => s.snakes.set(k, snake(s))),
    ],
    ['snakes[-1]: expected an integer', (s) => s.snakes.set(-1, snake(s))],
    ['names[ann][0].y: expected', (s) => (s.names.get('ann')[0].y = '2')],
    ['names[ann][1]: expected an object with x, y, got undefined', (s) => (s.names.get('ann').length = 2)],
    ['food[1]: expected an integer 0 … 255, got 1.5', (s) => (s.food[1] = 1.5)],
    ['food[1]: expected an integer 0 … 255, got undefined', (s) => delete s.food[1]],
    ['herd[50].at.y: expected an integer 0 … 255, got -1', (s) => (beast(s).at.y = -1)],
    ['herd[50].at.y: is missing', (s) => delete beast(s).at.y],
    ['herd[50].at: expected an object with x, y, got undefined', (s) => (beast(s).at = undefined)],
    ['herd[50].name: expected a text of at most 3 characters', (s) => (beast(s).name = 'long')],
    ['herd[50]: expected an object with at, name, got 5', (s) => s.herd.set(50, 5)],
    ['food: expected an array of at most 9, got a Map of 0', (s) => (s.food = new Map())],
  ])('%s', (message, spoil) => {
    const bad = fresh()
    spoil(bad)
    for (const attempt of [
      () => state.write(new Writer(), bad),
      () => state.diff(new Writer(), fresh(), bad),
      () => state.write(new Writer(), state.copy(bad)),
    ]) {
      expect(attempt).toThrow(Misfit)
      expect(attempt).toThrow(message)
    }
  })

  test('the error holds the path by itself', () => {
    const bad = fresh()
    bad.food[2] = -5
    const caught = (() => {
      try {
        return state.write(new Writer(), bad)
      } catch (error) {
        return error
      }
    })()
    expect(caught).toMatchObject({ name: 'Misfit', code: 'MISFIT', path: 'food[2]' })
  })
})

describe.each(ways)('[WI12] a struct has its fields, no more and no fewer, %s', (_, made) => {
  const s = made(struct({ name: str(9), luck: optional(u8) }))
  test.each<[string, unknown]>([
    ["has the unknown field 'colour'; known are name, luck", { name: 'a', luck: 1, colour: 3 }],
    ['luck: is missing', { name: 'a' }],
    ['name: is missing', { luck: 1 }],
    ['name: is missing', { luck: 1, nome: 'a' }],
  ])('%s', (message, value) => {
    const wrong = value as Value<typeof s>
    expect(() => s.write(new Writer(), wrong)).toThrow(message)
    expect(() => s.diff(new Writer(), { name: 'a', luck: 1 }, wrong)).toThrow(message)
  })

  test('a copy has the fields that the type carries, if all are there', () => {
    expect(s.copy({ name: 'a', luck: 1, colour: 3 } as Value<typeof s>)).toEqual({ name: 'a', luck: 1 })
    expect(() => s.copy({ name: 'a' } as Value<typeof s>)).toThrow('luck: is missing')
  })

  test('an unknown field in one of many is found within 64 times', () => {
    const herd = made(map(uint, struct({ x: u8 }), 999))
    const all = new Map(Array.from({ length: 500 }, (__, id) => [id, { x: 1 }]))
    let shadow = herd.copy(all)
    Object.assign(all.get(300)!, { y: 1 })
    expect(() => {
      for (let i = 0; i < 64; i++) shadow = herd.diff(new Writer(), shadow, all)
    }).toThrow("[300]: has the unknown field 'y'")
  })

  test('a field may be called as something that every object has', () => {
    const odd = made(struct({ constructor: u8, toString: u8 })) as unknown as Type<Record<string, number>>
    expect(odd.read(new Reader(Uint8Array.of(1, 2)))).toEqual({ constructor: 1, toString: 2 })
    expect(() => odd.write(new Writer(), {})).toThrow(Misfit)
  })
})

describe('[WI15] a definition that cannot work says what the right form is', () => {
  test.each<[() => unknown, typeof TypeError | typeof RangeError, string]>([
    [
      () => list(nothing, 9),
      TypeError,
      'nothing takes no bytes, so it cannot stand here; write e.g. list(u8, 100)',
    ],
    [() => list(struct({}), 9), TypeError, 'struct() takes no bytes'],
    [() => list(u8, 0), RangeError, 'a maximum of 0: it is an integer 1 … 16777215, e.g. list(u8, 100)'],
    [() => list(u8, 2 ** 24), RangeError, 'a maximum of 16777216'],
    [
      () => list(undefined as unknown as Type<number>, 9),
      TypeError,
      'undefined is not a type; write e.g. list(u8, 100)',
    ],
    [() => map(uint, undefined as unknown as Type<number>, 9), TypeError, 'is not a type; write e.g. map('],
    [
      () => map(point as unknown as Type<number>, u8, 9),
      TypeError,
      'cannot be a key; write e.g. map(uint, str(15), 64)',
    ],
    [() => map(nothing as unknown as Type<number>, u8, 9), TypeError, 'nothing takes no bytes'],
    [() => map(uint, u8, -1), RangeError, 'a maximum of -1'],
    [() => trail(point, 9), TypeError, 'may change after it was pushed; write e.g. trail(u8, 100)'],
    [() => trail(nothing, 9), TypeError, 'nothing takes no bytes'],
    [() => trail(u8, Infinity), RangeError, 'a maximum of Infinity'],
    [() => optional(nothing), TypeError, 'undefined would mean two things'],
    [() => optional(optional(u8)), TypeError, 'undefined would mean two things'],
    [
      () => struct({ a: u8, b: 3 as unknown as Type<number> }),
      TypeError,
      '3 is not a type; write e.g. struct({ b: u8 })',
    ],
    [() => struct({ ['__proto__']: u8 }), TypeError, "'__proto__' cannot name a field"],
    [() => grid(0, 9), RangeError, 'write whole numbers from 1, e.g. grid(64, 36)'],
    [() => grid(4096, 4096), RangeError, 'at most 16777215 cells'],
  ])('%s', (define, kind, message) => {
    expect(define).toThrow(kind)
    expect(define).toThrow(message)
  })
})
