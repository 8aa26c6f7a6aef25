// oxlint-disable vitest/no-conditional-expect -- laws say what holds if something else does
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bool, nothing, oneOf } from './atoms.ts'
import { compile } from './compile.ts'
import { Malformed } from './errors.ts'
import { grid } from './grid.ts'
import { list } from './list.ts'
import { map } from './map.ts'
import { angle, f32, f64, fixed, i32, int, u8, u16, u32, uint } from './numbers.ts'
import { optional } from './optional.ts'
import { Reader } from './reader.ts'
import { struct } from './struct.ts'
import { bytes, str } from './text.ts'
import { Trail } from './trail.ts'
import { trail } from './trailType.ts'
import type { Type, Value } from './type.ts'
import { Writer } from './writer.ts'

// The laws of `type.ts`, for every type.

interface Case {
  readonly type: Type<unknown>
  /** Values, as yet unrounded. */
  readonly values: fc.Arbitrary<unknown>
}

// oxlint-disable-next-line typescript/no-explicit-any -- a table of all types has none in common
function law(type: Type<any>, values: fc.Arbitrary<unknown>): Case {
  return { type, values }
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const single = fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => n + n / 2 ** 30)
const small = single.filter((n) => Number.isFinite(Math.fround(n)))
const dir = oneOf('up', 'right', 'down', 'left')
const dirs = fc.constantFrom('up', 'right', 'down', 'left')
const character = fc.integer({ min: 0, max: 0x10ffff }).map((n) => String.fromCodePoint(n))
const text = fc.string({ unit: character, maxLength: 6 }).map((s) => s.slice(0, 8))
const halves = fc.oneof(text, fc.constantFrom('\ud800', 'a\udc00b', '🐍', '\ufeff', ''))
const some = fc.integer({ min: 0, max: 255 })
const trailOf = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(fc.array(values, { maxLength: 20 }), fc.nat(20)).map(([all, gone]) => {
    const made = new Trail(all)
    made.drop(gone)
    return made
  })
const point = struct({ x: fixed(-8, 8, 0.125), y: f32 })
const points = fc.record({ x: fc.double({ min: -8, max: 8, noNaN: true }), y: small })
const wide = struct(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`f${i}`, i % 2 ? u8 : bool])))
const wides = fc.record(
  Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`f${i}`, i % 2 ? some : fc.boolean()])),
)
const keyed = <K, V>(keys: fc.Arbitrary<K>, values: fc.Arbitrary<V>): fc.Arbitrary<Map<K, V>> =>
  fc.array(fc.tuple(keys, values), { maxLength: 8 }).map((all) => new Map(all))

/** A type that a game made itself: a colour '#rrggbb' in three bytes. */
const color: Type<string> = {
  schema: 'color',
  least: 3,
  atom: true,
  write(w, value) {
    const n = Number.parseInt(value.slice(1), 16)
    w.u8(n >> 16)
    w.u16(n & 0xffff)
    return value
  },
  read: (r) => `#${(r.u8() * 0x10000 + r.u16()).toString(16).padStart(6, '0')}`,
  copy: (value) => value,
  diff: (w, shadow, value) => (value === shadow ? value : color.write(w, value)),
  patch: (r) => color.read(r),
}

/** Another: whole tens, which may be counted. */
const tens: Type<number> = {
  schema: 'tens',
  least: 1,
  atom: true,
  write(w, value) {
    w.u8(tens.ordinal!.indexOf(value))
    return tens.ordinal!.at(tens.ordinal!.indexOf(value))
  },
  read: (r) => tens.ordinal!.at(r.u8()),
  copy: (value) => value,
  diff: (w, shadow, value) => (Math.round(value / 10) * 10 === shadow ? shadow : tens.write(w, value)),
  patch: (r) => tens.read(r),
  ordinal: { count: 256, indexOf: (value) => Math.round(value / 10), at: (index) => index * 10 },
}

// Many rows, of which many change alike: see column.ts.
const beast = struct({
  name: str(8),
  alive: bool,
  dir,
  x: u8,
  y: int,
  at: struct({ h: fixed(0, 4, 0.25), v: f32, on: struct({ bits: u16, tens }) }),
  color,
  tag: optional(u8),
  turns: list(dir, 3),
  body: trail(dir, 20),
  way: trail(fixed(0, 2, 0.25), 9),
  log: trail(f32, 9),
  bag: map(u8, struct({ n: uint }), 3),
  path: list(struct({ x: u8 }), 3),
})
const bit = fc.nat(1)
const beasts = fc.record({
  name: fc.constantFrom('', 'a'),
  alive: fc.boolean(),
  dir: dirs,
  x: fc.oneof(bit, some),
  y: fc.oneof(
    fc.nat(9).map((n) => n - 4),
    fc.integer(),
  ),
  at: fc.record({
    h: fc.nat(40).map((n) => n / 10),
    v: small,
    on: fc.record({ bits: fc.nat(9).map((n) => n * 60), tens: fc.nat(50) }),
  }),
  color: fc.constantFrom('#000001', '#ff8000'),
  tag: fc.option(bit, { nil: undefined }),
  turns: fc.array(dirs, { maxLength: 3 }),
  body: trailOf(dirs),
  way: trailOf(fc.nat(20).map((n) => n / 10)).map(
    (all) => new Trail([...(all as Trail<number>)].slice(0, 9)),
  ),
  log: trailOf(small).map((all) => new Trail([...(all as Trail<number>)].slice(0, 9))),
  bag: keyed(bit, fc.record({ n: bit })),
  path: fc.array(fc.record({ x: bit }), { maxLength: 3 }),
})
const rows = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(fc.array(values, { maxLength: 3 }), fc.array(values, { minLength: 9, maxLength: 12 }))
const numbered = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<Map<number, T>> =>
  rows(values).map((all) => new Map(all.map((value, id) => [id, value])))

const cases: Case[] = [
  law(bool, fc.boolean()),
  law(u8, some),
  law(u16, fc.integer({ min: 0, max: 0xffff })),
  law(u32, fc.integer({ min: 0, max: 0xffffffff })),
  law(i32, fc.integer()),
  law(uint, fc.maxSafeNat()),
  law(int, fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 })),
  law(f32, small),
  law(f64, finite),
  law(fixed(0, 64, 0.01), fc.double({ min: 0, max: 64, noNaN: true })),
  law(fixed(-1e6, 1e6, 1e-6), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  law(fixed(-300, 2 ** 46, 0.5), fc.double({ min: -300, max: 2 ** 46, noNaN: true })),
  law(angle(1), finite),
  law(angle(8), finite),
  law(angle(13), finite),
  law(str(8), halves),
  law(bytes(9), fc.uint8Array({ maxLength: 9 })),
  law(nothing, fc.constant(undefined)),
  law(dir, dirs),
  law(
    color,
    fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`),
  ),
  law(optional(f32), fc.option(small, { nil: undefined })),
  law(optional(point), fc.option(points, { nil: undefined })),
  law(
    struct({}),
    fc.constant({}).map(() => ({})),
  ),
  law(point, points),
  law(wide, wides),
  law(list(u8, 30), fc.array(fc.nat(5), { maxLength: 30 })),
  law(list(f32, 9), fc.array(small, { maxLength: 9 })),
  law(list(optional(dir), 9), fc.array(fc.option(dirs, { nil: undefined }), { maxLength: 9 })),
  law(list(point, 9), fc.array(points, { maxLength: 9 })),
  law(list(list(u8, 3), 4), fc.array(fc.array(some, { maxLength: 3 }), { maxLength: 4 })),
  law(map(uint, point, 9), keyed(fc.nat(9), points)),
  law(
    map(str(8), f32, 9),
    keyed(
      text.map((s) => s.toWellFormed()),
      small,
    ),
  ),
  law(map(dir, nothing, 4), keyed(dirs, fc.constant(undefined))),
  law(map(u8, trail(f32, 20), 9), keyed(fc.nat(9), trailOf(small))),
  law(map(uint, beast, 30), numbered(beasts)),
  law(list(beast, 30), rows(beasts)),
  law(map(uint, tens, 30), numbered(fc.nat(90))),
  law(
    map(uint, fixed(-8, 8, 0.125), 30),
    numbered(
      fc.oneof(
        fc.nat(9).map((n) => n / 20),
        fc.nat(160).map((n) => n / 10 - 8),
      ),
    ),
  ),
  law(map(uint, trail(angle(1), 20), 30), numbered(trailOf(fc.nat(9)))),
  law(trail(dir, 20), trailOf(dirs)),
  law(trail(f32, 20), trailOf(small)),
  // Large enough to be compared in words; some do not lie where words do.
  law(
    grid(23, 9),
    fc
      .tuple(fc.nat(206), fc.nat(206), fc.nat(3))
      .map(([a, b, offset]) => new Uint8Array(210).fill(1, a, b).subarray(offset, offset + 207)),
  ),
  law(grid(7, 5), fc.uint8Array({ minLength: 35, maxLength: 35, max: 2 })),
]

/** What a value is, in a form that `toEqual` compares wholly: order of Maps and elements of trails included. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [key, plain(item)]) }
  if (value instanceof Trail) return { trail: [...value] }
  if (value instanceof Uint8Array) return { bytes: [...value] }
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]))
}

const alike = (a: unknown, b: unknown): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b))

function written(type: Type<unknown>, value: unknown): Uint8Array {
  const w = new Writer(1)
  type.write(w, value)
  return w.take()
}

function changed(
  type: Type<unknown>,
  shadow: unknown,
  value: unknown,
): { bytes: Uint8Array; shadow: unknown } {
  const w = new Writer(1)
  w.u8(77)
  const next = type.diff(w, shadow, value)
  return { bytes: w.take(1), shadow: next }
}

function patched(type: Type<unknown>, base: unknown, change: Uint8Array): unknown {
  if (change.length === 0) return base
  const r = new Reader(change)
  const value = type.patch(r, base)
  r.end()
  return value
}

/** Expects that what is alike in both is the same object in both. */
function expectShared(base: unknown, next: unknown): void {
  if (typeof base !== 'object' || base === null || next === undefined) return
  if (alike(base, next)) {
    expect(next).toBe(base)
  } else if (base instanceof Map && next instanceof Map) {
    const keys = [...next.keys()]
    let at = 0
    for (const [key, item] of base) if (keys[at] === key) expectShared(item, next.get(keys[at++]!))
  } else if (Array.isArray(base) && Array.isArray(next)) {
    base.forEach((item, i) => i < next.length && expectShared(item, next[i]))
  } else if (!(base instanceof Uint8Array || base instanceof Trail)) {
    for (const [name, item] of Object.entries(base))
      expectShared(item, (next as Record<string, unknown>)[name])
  }
}

/** What compiling leaves as it is need not be tried twice. */
const compiled = cases
  .map(({ type, values }) => ({ type: compile(type), values }))
  .filter(({ type }, i) => type !== cases[i]!.type && type.schema.includes('struct('))
const ways = [
  ...cases.map((one) => [one.type.schema.slice(0, 50), one] as const),
  ...compiled.map((one) => [`${one.type.schema.slice(0, 50)} (compiled)`, one] as const),
]

describe.each(ways)('%s', (_, { type, values }) => {
  const pairs = fc.tuple(values, values)
  /** A value as it is after it was sent. */
  const sent = (value: unknown): unknown => type.write(new Writer(), type.copy(value))

  test('[WI1] read returns what write returned, and takes all its bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        const w = new Writer(1)
        const x = type.write(w, value)
        if (!type.atom && value !== undefined) expect(x).toBe(value)
        const r = new Reader(w.take())
        expect(plain(type.read(r))).toEqual(plain(x))
        expect(r.left).toBe(0)
        expect(w.length).toBeGreaterThanOrEqual(type.least)
      }),
    )
  })

  test('[WI2] what write returned is rounded: written again, it is the same', () => {
    fc.assert(
      fc.property(values, (value) => {
        const x = sent(value)
        const before = plain(x)
        expect(plain(type.write(new Writer(), x))).toEqual(before)
        expect(written(type, value)).toEqual(written(type, x))
      }),
    )
  })

  test('[WI3] diff writes nothing if, and only if, nothing changed after rounding', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const same = changed(type, sent(a), type.copy(a))
        expect(same.bytes.length).toBe(0)
        expect(plain(same.shadow)).toEqual(plain(sent(a)))
        const other = changed(type, sent(a), type.copy(b))
        expect(other.bytes.length === 0).toBe(alike(sent(a), sent(b)))
      }),
    )
  })

  test('[WI4] patch makes of the base what diff saw; the base and what did not change stay', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const base = sent(a)
        const { bytes: change } = changed(type, type.copy(base), b)
        const before = plain(base)
        const next = patched(type, base, change)
        expect(plain(next)).toEqual(plain(type.atom ? sent(b) : b))
        expect(plain(base)).toEqual(before)
        expectShared(base, next)
      }),
    )
  })

  test('[WI5] the shadow that diff returns is what patch makes, and apart from the value', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const base = sent(a)
        const { bytes: change, shadow } = changed(type, type.copy(base), b)
        expect(plain(shadow)).toEqual(plain(patched(type, base, change)))
        if (typeof b === 'object') expect(shadow).not.toBe(b)
        expect(changed(type, shadow, b).bytes.length).toBe(0)
      }),
    )
  })

  test('[WI6] bytes that end too soon are Malformed', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const whole = written(type, a)
        for (let n = 0; n < whole.length; n++) {
          expect(() => type.read(new Reader(whole.subarray(0, n)))).toThrow(Malformed)
        }
        const base = sent(a)
        const { bytes: change } = changed(type, type.copy(base), b)
        for (let n = 0; n < change.length; n++) {
          expect(() => type.patch(new Reader(change.subarray(0, n)), base)).toThrow(Malformed)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('[WI6] any bytes are a value of the type, or Malformed', () => {
    const noise = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ maxLength: 60, max: 3 }))
    const attempt = (make: () => unknown): void => {
      let value: unknown
      try {
        value = make()
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed)
        return
      }
      const before = plain(value)
      const x = type.write(new Writer(), value)
      expect(plain(x)).toEqual(before)
    }
    fc.assert(
      fc.property(noise, values, (junk, value) => {
        attempt(() => type.read(new Reader(junk)))
        const base = sent(value)
        const before = plain(base)
        attempt(() => type.patch(new Reader(junk), base))
        expect(plain(base)).toEqual(before)
      }),
      { numRuns: 150 },
    )
  })
})

test('[WI21] code made for a type writes the same bytes, and the same shadow and value', () => {
  type Herd = Map<number, Value<typeof beast>>
  const type = map(uint, beast, 300)
  const quick = compile(type)
  /** Cuts a hundred beasts out of the few that were drawn, without those that `gap` falls on. */
  const herdOf = ([drawn, gap, turn]: readonly [unknown[], number, number]): Herd => {
    const ids = Array.from({ length: 100 }, (_, id) => id).filter((id) => id % gap !== 1)
    const order = [...ids.slice(turn), ...ids.slice(0, turn)]
    return new Map(order.map((id) => [id, beast.copy(drawn[id % drawn.length] as Value<typeof beast>)]))
  }
  const herds = fc
    .tuple(fc.array(beasts, { minLength: 1, maxLength: 12 }), fc.integer({ min: 2, max: 50 }), fc.nat(1))
    .map(herdOf)
  fc.assert(
    fc.property(fc.array(herds, { minLength: 2, maxLength: 3 }), ([first, ...then]) => {
      type.write(new Writer(), first!)
      let shadow = type.copy(first!)
      let twin = quick.copy(first!)
      for (const next of then.flatMap((herd) => [herd, herd])) {
        const quickly = type.copy(next)
        const [w, v] = [new Writer(), new Writer()]
        shadow = type.diff(w, shadow, next)
        twin = quick.diff(v, twin, quickly)
        expect(v.take()).toEqual(w.take())
        expect(plain(twin)).toEqual(plain(shadow))
        expect(plain(quickly)).toEqual(plain(next))
      }
    }),
    { numRuns: 10 },
  )
})

test('[WI16] a game defines a type of its own by the five functions', () => {
  const hat = struct({ color })
  const w = new Writer()
  hat.write(w, { color: '#ff8000' })
  expect(Buffer.from(w.take()).toString('hex')).toBe('ff0080')
  expect(hat.read(new Reader(w.take()))).toEqual({ color: '#ff8000' })
})
