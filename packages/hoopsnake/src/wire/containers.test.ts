import { describe, expect, expectTypeOf, test } from 'vitest'
import { bool, nothing, oneOf } from './atoms.ts'
import { Malformed, Misfit } from './errors.ts'
import { grid } from './grid.ts'
import { list } from './list.ts'
import { map } from './map.ts'
import { f32, u32, u8, uint } from './numbers.ts'
import { optional } from './optional.ts'
import { Reader } from './reader.ts'
import { struct } from './struct.ts'
import { bytes, str } from './text.ts'
import { Trail } from './trail.ts'
import { trail } from './trailType.ts'
import type { Type, Value } from './type.ts'
import { Writer } from './writer.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- wrong values are the point
type Loose = Type<any>

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const reader = (text: string): Reader => new Reader(Uint8Array.from(Buffer.from(text, 'hex')))

function whole<T>(type: Type<T>, value: T): string {
  const w = new Writer()
  type.write(w, value)
  return hex(w.take())
}

/** The bytes that lead from `a` to `b`, having been shown to do so. */
function change<T>(type: Type<T>, a: T, b: T): string {
  const w = new Writer()
  const shadow = type.diff(w, type.copy(a), b)
  const bytes = hex(w.take())
  expect(whole(type, bytes === '' ? a : type.patch(reader(bytes), a))).toBe(whole(type, b))
  expect(whole(type, shadow)).toBe(whole(type, b))
  return bytes
}

const point = struct({ x: u8, y: u8 })

describe('[WI17] containers look like this', () => {
  test('struct', () => {
    const nine = struct({ a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8 })
    const zero = { a: 0, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0, h: 0, i: 0 }
    expect(whole(point, { x: 3, y: 4 })).toBe('0304')
    expect(change(point, { x: 3, y: 4 }, { x: 3, y: 5 })).toBe('0205')
    expect(change(nine, zero, { ...zero, b: 7, i: 9 })).toBe('0201' + '07' + '09')
    expect(whole(struct({}), {})).toBe('')
  })

  test('optional', () => {
    const maybe = optional(point)
    expect(whole(maybe, undefined)).toBe('00')
    expect(whole(maybe, { x: 3, y: 4 })).toBe('010304')
    expect(change(maybe, { x: 3, y: 4 }, undefined)).toBe('00')
    expect(change(maybe, undefined, { x: 3, y: 4 })).toBe('010304')
    expect(change(maybe, { x: 3, y: 4 }, { x: 3, y: 5 })).toBe('020205')
  })

  test('list of atoms', () => {
    const cells = list(u8, 99)
    expect(whole(cells, [1, 2, 3])).toBe('03010203')
    // Keep 1 (skip + 1 = 2), drop 1, put 2.
    expect(change(cells, [1, 2, 3], [1, 8, 9, 3])).toBe('02' + '01' + '02' + '0809' + '00')
    expect(change(cells, [1, 2, 3], [])).toBe('01' + '03' + '00' + '00')
  })

  test('list of containers', () => {
    const points = list(point, 9)
    expect(whole(points, [{ x: 3, y: 4 }])).toBe('010304')
    const a = [1, 2, 3].map((x) => ({ x, y: 0 }))
    const b = [
      { x: 1, y: 0 },
      { x: 2, y: 7 },
    ]
    expect(change(points, a, b)).toBe('02' + '02' + '0202' + '0007' + '00')
    expect(change(points, b, [...b, { x: 9, y: 9 }])).toBe('02' + '00' + '01' + '0909')
  })

  test('map', () => {
    const points = map(uint, point, 9)
    const a = new Map([1, 2, 3].map((n) => [n, { x: n, y: 0 }]))
    expect(whole(points, a)).toBe('03' + '010100' + '020200' + '030300')
    // The first went; of two that stayed the second changed in y; key 7 was added.
    const b = new Map([
      [2, { x: 2, y: 0 }],
      [3, { x: 3, y: 8 }],
      [7, { x: 7, y: 7 }],
    ])
    expect(change(points, a, b)).toBe('0101' + '02' + '0202' + '0008' + '01' + '070707')
  })

  test('trail', () => {
    const steps = trail(oneOf('up', 'right', 'down', 'left'), 9)
    expect(whole(steps, new Trail<'up' | 'left'>(['up', 'left']))).toBe('020003')
    const body = new Trail<'up' | 'left'>(['up', 'up'])
    const moved = steps.copy(body)
    moved.push('left')
    moved.drop()
    expect(change(steps, body, moved)).toBe('01' + '01' + '03')
  })

  test('grid', () => {
    const field = grid(4, 2)
    expect(whole(field, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7))).toBe('0001020304050607')
    const a = new Uint8Array(8)
    expect(change(field, a, Uint8Array.of(0, 9, 0, 0, 9, 0, 0, 0))).toBe('04' + '01' + '09000009' + '00')
    expect(change(field, a, Uint8Array.of(9, 0, 0, 0, 9, 0, 0, 0))).toBe('010009' + '010309' + '00')
  })

  test('bytes', () => {
    expect(whole(bytes(9), Uint8Array.of(7, 8))).toBe('020708')
    expect(change(bytes(9), Uint8Array.of(7, 8), Uint8Array.of(7))).toBe('0107')
  })
})

describe('[WI9] the order of a Map is state', () => {
  const sets = map(uint, nothing, 9)
  const of = (...keys: number[]): Map<number, undefined> => new Map(keys.map((key) => [key, undefined]))
  const reads = (a: Map<number, undefined>, b: Map<number, undefined>): number[] => [
    ...sets.patch(reader(change(sets, a, b)), a).keys(),
  ]

  test('a key that is deleted and set again goes to the end', () => {
    const a = of(1, 2, 3)
    const b = new Map(a)
    b.delete(1)
    b.set(1, undefined)
    expect(reads(a, b)).toEqual([2, 3, 1])
    expect(change(sets, a, b)).toBe('0101' + '00' + '0101')
  })

  test('another Map with the same keys in another order is another value', () => {
    expect(reads(of(1, 2, 3, 4), of(4, 2, 1, 3))).toEqual([4, 2, 1, 3])
    expect(reads(of(1, 2), of(3, 1, 2))).toEqual([3, 1, 2])
    expect(change(sets, of(1, 2), of(1, 2))).toBe('')
  })

  test('a key that its type would round is a Misfit: it could meet another', () => {
    expect(() => map(f32, u8, 9).write(new Writer(), new Map([[0.1, 1]]))).toThrow('[0.1]: expected a key')
    expect(() => map(str(9), u8, 9).write(new Writer(), new Map([['\ud800', 1]]))).toThrow(Misfit)
  })
})

test('[WI10] a list of atoms costs what came and went, wherever it stands', () => {
  const food = list(u32, 1000)
  const cells = Array.from({ length: 999 }, (_, i) => i * 7)
  const cost = (next: number[]): number => change(food, cells, next).length / 2
  expect(cost(cells.toSpliced(500, 1))).toBe(5)
  expect(cost(cells.toSpliced(500, 0, 1))).toBe(9)
  expect(cost(cells.with(500, 1))).toBe(9)
  expect(cost([...cells, 1])).toBe(9)
  expect(cost(cells.slice(1))).toBe(4)
  expect(cost([...cells.filter((_, i) => i % 200 !== 7), 1, 2])).toBeLessThan(40)
  // Swapped away: the last takes the place of the one that went.
  expect(cost(cells.with(500, cells.at(-1)!).slice(0, -1))).toBeLessThan(16)
  expect(cost(cells.map((n) => n + 1))).toBeLessThan(999 * 4 + 10)
})

describe('[WI20] what many do alike costs bits', () => {
  const dir = oneOf('up', 'right', 'down', 'left')
  const snake = struct({ name: str(15), x: u8, y: u8, alive: bool, score: uint, body: trail(dir, 99) })
  const herd = map(uint, snake, 10_000)
  type Herd = Value<typeof herd>
  const made = (count: number): Herd =>
    new Map(
      Array.from({ length: count }, (_, id) => [
        id,
        {
          name: `snake ${id}`,
          x: id % 100,
          y: 7,
          alive: true,
          score: id,
          body: new Trail<Value<typeof dir>>(['up', 'down']),
        },
      ]),
    )
  const cost = (count: number, next: (one: Value<typeof snake>, id: number) => void): number => {
    const before = made(count)
    const after = herd.copy(before)
    for (const [id, one] of after) next(one, id)
    return change(herd, before, after).length / 2
  }

  test('all move by one cell', () => {
    // Two bits for the element pushed, two to say whose x and whose y changed, one for the step.
    const bytes = cost(400, (one, id) => {
      one.body.drop()
      one.body.push(id % 3 ? 'left' : 'up')
      if (id % 2) one.x++
      else one.y--
    })
    expect(bytes).toBeLessThan(400 * (5 / 8) + 20)
  })

  test('all change alike in one field', () => {
    expect(cost(400, (one) => (one.alive = false))).toBeLessThan(400 / 8 + 10)
    expect(cost(400, (one) => one.body.push('up'))).toBeLessThan(400 * (2 + 2 / 8) + 10)
  })

  test('one of ten thousand changes', () => {
    expect(cost(10_000, (one, id) => id === 9000 && (one.x = 200))).toBeLessThan(12)
    expect(cost(10_000, (one, id) => id === 9000 && one.body.push('up'))).toBeLessThan(14)
  })

  test('some jump, others step', () => {
    const bytes = cost(400, (one, id) => (one.x = id % 40 === 0 ? 250 : one.x + 1))
    expect(bytes).toBeLessThan(400 / 8 + 10 * 3 + 10)
  })
})

describe('[WI6] changes that do not fit the base are Malformed', () => {
  const three = new Map([1, 2, 3].map((n) => [n, { x: n, y: 0 }]))
  const trails = new Map([[1, new Trail([1, 2])]])
  test.each<[string, Loose, unknown, string]>([
    ['a field that is not there', point, { x: 1, y: 2 }, '0409'],
    ['an optional that was absent', optional(point), undefined, '020109'],
    ['an optional of no kind', optional(point), { x: 1, y: 1 }, '03'],
    ['a run beyond the end', list(u8, 9), [1, 2], '02020000'],
    ['a run that skips beyond the end', list(u8, 9), [1, 2], '04000000'],
    ['more than fit a list', list(u8, 3), [1, 2], '0100020909' + '00'],
    ['more elements kept than there were', list(point, 9), [{ x: 1, y: 1 }], '020000'],
    ['more that went than there were', map(uint, point, 9), three, '0401010101' + '0000'],
    ['an entry that went beyond the end', map(uint, point, 9), three, '0104' + '0000'],
    ['an entry that went before the first', map(uint, point, 9), three, '0100' + '0000'],
    ['a key that is there already', map(uint, point, 9), three, '00' + '00' + '01020909'],
    ['more than fit a map', map(uint, nothing, 3), three, '00' + '00' + '0109'],
    ['a column of a field that is not there', map(uint, point, 9), three, '00' + '04' + '010009' + '00'],
    ['a row beyond the end', map(uint, point, 9), three, '00' + '01' + '03040009' + '00'],
    ['a row before the first', map(uint, point, 9), three, '00' + '01' + '03000009' + '00'],
    ['a row beyond the end, by bitmap', map(uint, point, 9), three, '00' + '01' + '02080009' + '00'],
    ['more rows than there are', map(uint, point, 9), three, '00' + '01' + '06010101010009090909' + '00'],
    ['steps of no width', map(uint, point, 9), three, '00' + '01' + '01030000' + '00'],
    ['a step below the smallest', map(uint, point, 9), three, '00' + '02' + '01010000' + '00'],
    ['a step above the largest', map(uint, u8, 9), new Map([[1, 255]]), '00' + '01010001' + '00'],
    [
      'a further row beyond those that changed',
      map(uint, u8, 9),
      new Map([[1, 5]]),
      '00' + '0101030209' + '00',
    ],
    [
      'a name that is not there',
      map(uint, oneOf('a', 'b', 'c'), 9),
      new Map([[1, 'a']]),
      '00' + '0103' + '00',
    ],
    [
      'a trail that drops more than it has',
      map(uint, trail(u8, 9), 9),
      trails,
      '00' + '0101' + '0300' + '00',
    ],
    [
      'a trail that grows beyond its max',
      map(uint, trail(u8, 3), 9),
      trails,
      '00' + '0101' + '00020909' + '00',
    ],
    ['more dropped than there were', trail(u8, 9), new Trail([1, 2]), '0300'],
    ['more than fit a trail', trail(u8, 3), new Trail([1, 2]), '00020909'],
    ['cells beyond the grid', grid(2, 2), new Uint8Array(4), '02030909' + '00'],
  ])('%s', (_, type, base, bytes) => {
    expect(() => type.patch(reader(bytes), base)).toThrow(Malformed)
  })

  test('a key twice in a whole map', () => {
    expect(() => map(uint, u8, 9).read(reader('0201090109'))).toThrow('the key 1 stands twice')
  })
})

test('[WI7] a count that the bytes cannot hold is refused before anything is made for it', () => {
  const million = 'c0843d'
  for (const type of [
    list(u32, 1e6),
    map(uint, u8, 1e6),
    map(uint, nothing, 1e6),
    trail(u8, 1e6),
    bytes(1e6),
    list(grid(100, 100), 1e6),
  ] as Loose[]) {
    expect(() => type.read(reader(million))).toThrow('1000000 elements in 0 bytes')
  }
  expect(() => list(u32, 1e6).patch(reader('0100' + million), [])).toThrow('1000000 elements in 0 bytes')
  expect(() => map(uint, u8, 1e6).patch(reader('0000' + million), new Map())).toThrow(
    '1000000 elements in 0 bytes',
  )
  expect(() => trail(u8, 1e6).patch(reader('00' + million), new Trail())).toThrow(
    '1000000 elements in 0 bytes',
  )
  expect(() => grid(1000, 1000).patch(reader(million + '00'), new Uint8Array(1e6))).toThrow(Malformed)
})

test('[WI2] a frozen value that needs no rounding is carried as it is', () => {
  const type = struct({ name: str(9), way: list(f32, 3), at: optional(point) })
  const frozen = Object.freeze({
    name: 'a',
    way: Object.freeze([1, 2]) as number[],
    at: Object.freeze({ x: 1, y: 2 }),
  })
  expect(type.write(new Writer(), frozen)).toBe(frozen)
  expect(type.diff(new Writer(), { name: 'b', way: [7], at: undefined }, frozen)).toEqual(frozen)
})

test('[WI2] containers are rounded in place, by write and by diff', () => {
  const type = map(uint, struct({ way: trail(f32, 9), list: list(f32, 9), n: f32, o: optional(f32) }), 9)
  const made = (): Value<typeof type> =>
    new Map([[1, { way: new Trail([0.1]), list: [0.1], n: 0.1, o: 0.1 as number | undefined }]])
  const r = Math.fround(0.1)
  const expected = { way: new Trail([r]), list: [r], n: r, o: r }
  const a = made()
  type.write(new Writer(), a)
  expect(a.get(1)).toEqual(expected)
  const b = made()
  type.diff(new Writer(), new Map(), b)
  expect(b.get(1)).toEqual(expected)
  const c = made()
  type.diff(new Writer(), new Map([[1, { way: new Trail<number>(), list: [], n: 0, o: 7 }]]), c)
  expect(c.get(1)).toEqual(expected)
})

test('[WI18] types that read different bytes have different schemas', () => {
  const types: Loose[] = [
    u8,
    uint,
    str(3),
    str(4),
    oneOf('a', 'b'),
    oneOf('b', 'a'),
    oneOf('a,b'),
    oneOf('a","b'),
    optional(u8),
    list(u8, 3),
    list(u8, 4),
    list(uint, 3),
    map(uint, u8, 3),
    map(u8, uint, 3),
    trail(u8, 3),
    grid(2, 3),
    grid(3, 2),
    bytes(3),
    struct({}),
    struct({ a: u8, b: uint }),
    struct({ b: uint, a: u8 }),
    struct({ 'a:u8,b': uint }),
    point,
  ]
  expect(new Set(types.map((type) => type.schema)).size).toBe(types.length)
  expect(struct({ a: list(u8, 3) }).schema).toBe('struct("a":list(u8,3))')
})

test('[WI19] values are typed by their types', () => {
  const snake = struct({
    name: str(15),
    dir: oneOf('up', 'down'),
    body: trail(oneOf('up', 'down'), 99),
    turns: list(oneOf('up', 'down'), 3),
    at: optional(struct({ x: f32 })),
    bag: map(str(3), u8, 9),
    field: grid(2, 2),
  })
  type Snake = Value<typeof snake>
  expectTypeOf<Snake>().toEqualTypeOf<{
    name: string
    dir: 'up' | 'down'
    body: Trail<'up' | 'down'>
    turns: ('up' | 'down')[]
    at: { x: number } | undefined
    bag: Map<string, number>
    field: Uint8Array
  }>()
  const born: Snake = {
    name: 'Ann',
    dir: 'up',
    body: new Trail(['up', 'up']),
    turns: [],
    at: undefined,
    bag: new Map(),
    field: new Uint8Array(4),
  }
  expect(snake.write(new Writer(), born)).toBe(born)
  // @ts-expect-error -- not one of the names
  born.body.push('left')
  // @ts-expect-error -- not one of the names
  born.dir = 'left'
  // @ts-expect-error -- keys are texts or numbers
  map(bool, u8, 9)
  expect(() => snake.write(new Writer(), born)).toThrow(Misfit)
})
