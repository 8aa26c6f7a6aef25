import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bool, oneOf } from './atoms.ts'
import { compile } from './compile.ts'
import { list } from './list.ts'
import { map } from './map.ts'
import { angle, fixed, int, u16, u8, uint } from './numbers.ts'
import { optional } from './optional.ts'
import { Reader } from './reader.ts'
import { struct } from './struct.ts'
import { str } from './text.ts'
import { Trail } from './trail.ts'
import { trail } from './trailType.ts'
import type { Type, Value } from './type.ts'
import { Writer } from './writer.ts'

// So many that walks are remembered and code is made anew for them, over a long time, in which most of them move.

const dirs = ['up', 'right', 'down', 'left'] as const
const dir = oneOf(...dirs)
const kinds = Array.from({ length: 20 }, (_, n) => `kind ${n}`)
const beast = struct({
  name: str(8),
  bot: bool,
  dir,
  x: u8,
  rank: u8,
  at: struct({ y: u16, score: uint, deep: struct({ z: int }) }),
  to: angle(8),
  far: fixed(-8, 8, 0.01),
  kind: oneOf(...kinds),
  tag: optional(u8),
  turns: list(dir, 3),
  body: trail(dir, 40),
})
type Beast = Value<typeof beast>
type Herd = Map<number, Beast>
const type = map(uint, beast, 500)

function born(n: number): Beast {
  const body = new Trail(Array.from({ length: n % 7 }, () => dirs[n % 4]!))
  const at = { y: n, score: 0, deep: { z: -n } }
  return {
    name: `b${n}`,
    bot: n % 2 === 0,
    dir: dirs[n % 4]!,
    x: n % 256,
    rank: n % 2,
    at,
    to: n,
    far: (n % 15) / 2,
    kind: kinds[n % 20]!,
    tag: undefined,
    turns: [],
    body,
  }
}

/** What may happen to one beast. */
const toOne: readonly ((one: Beast, n: number) => void)[] = [
  (one, n) => void (one.name = `c${n % 99}`),
  (one, n) => void (one.bot = n % 3 === 0),
  (one, n) => void (one.dir = dirs[n % 4]!),
  (one, n) => void (one.x = n % 256),
  (one) => void (one.x = -0),
  (one, n) => void (one.rank = n % 256),
  (one) => void (one.rank = -0),
  (one) => void (one.at.score = -0),
  (one, n) => void (one.at.score += n),
  (one) => void (one.at.score += 2 ** 40),
  (one, n) => void (one.at.deep = { z: (n % 2 ? 1 : -1) * 2 ** (n % 52) }),
  (one, n) => void (one.to = n % 5 === 0 ? -0 : n),
  (one, n) => void (one.far = n % 5 === 0 ? -0 : ((n % 17) - 8) / 3),
  (one, n) => void (one.kind = kinds[n % 20]!),
  (one, n) => void (one.tag = n % 2 ? n % 256 : undefined),
  (one, n) => void (one.turns = dirs.slice(1 + (n % 4))),
  (one, n) => one.body.drop(n % 9),
  (one, n) => one.body.length < 40 && one.body.push(dirs[n % 4]!),
  (one) => void (one.body = new Trail(one.body)),
  (one) => void Object.assign(one, beast.copy(one)),
]

/** What may happen to the Map. `n` says to which entry. */
const toAll: readonly ((herd: Herd, n: number) => Herd)[] = [
  (herd, n) => herd.set(1000 + n, born(n)),
  (herd, n) => (herd.delete(keyOf(herd, n)), herd),
  // Deleted and set again, under the same name or another one: what it stands beside may be as before.
  (herd, n) => moved(herd, keyOf(herd, n), keyOf(herd, n)),
  (herd, n) => moved(herd, keyOf(herd, n), 2000 + n),
  (herd) => moved(herd, [...herd.keys()].at(-1)!, [...herd.keys()].at(-1)!),
  (herd, n) => moved(herd, [...herd.keys()].at(-1)!, 3000 + n),
  (herd, n) => herd.set(keyOf(herd, n), born(n)),
  (herd, n) => herd.set(keyOf(herd, n), beast.copy(herd.get(keyOf(herd, n))!)),
  (herd) => new Map(herd),
  (herd) => new Map([...herd].reverse()),
  (herd) => {
    const all = [...herd]
    herd.clear()
    for (const [key, one] of all) herd.set(key, one)
    return herd
  },
]

function keyOf(herd: Herd, n: number): number {
  return [...herd.keys()][n % herd.size]!
}

function moved(herd: Herd, from: number, to: number): Herd {
  const one = herd.get(from)!
  herd.delete(from)
  return herd.set(to, one)
}

/** Most go on as before, as `n` says; some grow, turn, or stay. */
function crawl(herd: Herd, n: number): void {
  let i = 0
  for (const one of herd.values()) {
    const how = (n + i++ * 7) % 11
    if (how === 0) continue
    one.to += 0.02
    one.far = (one.far * 9) / 10
    one.x = (one.x + (how % 2)) % 256
    // Seldom, and then all at once.
    if (n % 8 === 0) one.rank = how % 2
    // So far that it looks near to who counts to 2^32.
    one.at.score += how === 3 ? 2 ** 32 + 1 : 1
    one.at.y = Math.max(0, one.at.y - (how % 3))
    if (how > 1 || one.body.length === 40) one.body.drop()
    one.body.push(how > 2 ? (one.body.last ?? 'up') : dirs[n % 4]!)
  }
}

/** The same herd in two rooms; what happens, happens in both. */
function room(of: Type<Herd>, size: number): { herd: Herd; flush: () => Uint8Array; settle: () => void } {
  const herd: Herd = new Map(Array.from({ length: size }, (_, n) => [n, born(n)]))
  const w = new Writer()
  of.write(w, herd)
  let shadow = of.copy(herd)
  let client = of.read(new Reader(w.take()))
  const made = {
    herd,
    flush() {
      w.clear()
      shadow = of.diff(w, shadow, made.herd)
      const change = w.take()
      if (change.length > 0) client = of.patch(new Reader(change), client)
      return change
    },
    /** Expects that all ends are equal, and says what they are. */
    settle() {
      const is = bytesOf(made.herd)
      expect(bytesOf(client)).toBe(is)
      expect(bytesOf(shadow)).toBe(is)
      // −0 became 0 in the room too.
      expect(client).toEqual(made.herd)
    },
  }
  return made
}

function bytesOf(herd: Herd): string {
  const w = new Writer()
  type.write(w, type.copy(herd))
  return Buffer.from(w.take()).toString('hex')
}

const happenings = fc.array(
  fc.tuple(
    fc.nat(toOne.length + toAll.length - 1),
    fc.nat(999),
    fc.nat(3).map((n) => n === 0),
  ),
  { minLength: 40, maxLength: 80 },
)

test.each([40, 64, 300])(
  '[WI4] [WI5] [WI9] [WI21] a herd of %i stays equal at both ends, and code made for it writes the same bytes',
  (size) => {
    fc.assert(
      fc.property(happenings, (all) => {
        const [plain, quick] = [room(type, size), room(compile(type), size)]
        for (const [kind, n, still] of all) {
          for (const one of [plain, quick]) {
            if (!still) crawl(one.herd, n)
            if (kind < toOne.length) toOne[kind]!(one.herd.get(keyOf(one.herd, n))!, n)
            else one.herd = toAll[kind - toOne.length]!(one.herd, n)
          }
          const bytes = plain.flush()
          expect(Buffer.compare(quick.flush(), bytes)).toBe(0)
          if (n % 8 === 0) quick.settle()
        }
        for (const one of [plain, quick]) one.settle()
      }),
      { numRuns: size < 100 ? 6 : 2, endOnFailure: true },
    )
  },
)

test.each([type, compile(type)])('[WI2] a row that needs no rounding may be frozen', (of) => {
  const { herd, flush, settle } = room(of, 100)
  herd.set(
    1,
    Object.freeze({ ...born(1), x: 0, to: 0, far: 0, at: Object.freeze({ ...born(1).at, y: 0, score: 0 }) }),
  )
  flush()
  herd.set(1, Object.freeze({ ...herd.get(1)!, name: 'ice', far: 1 }))
  herd.set(
    2,
    Object.freeze({ ...herd.get(2)!, x: 0, far: 0, at: Object.freeze({ ...herd.get(2)!.at, y: 0 }) }),
  )
  flush()
  settle()
})

test.each([
  [{ x: 5n }, '[70].x: expected an integer 0 … 255, got 5'],
  [{ x: Symbol('x') }, '[70].x: expected an integer 0 … 255, got Symbol(x)'],
  [{ x: { valueOf: (): number => 5 } }, '[70].x: expected an integer 0 … 255, got an object'],
  [{ x: undefined }, '[70].x: expected an integer 0 … 255, got undefined'],
  [{ to: 5n }, '[70].to: expected a finite number of radians, got 5'],
  [{ at: 5 }, '[70].at: expected an object with y, score, deep, got 5'],
  [{ at: undefined }, '[70].at: expected an object with y, score, deep, got undefined'],
  [{ body: [] }, '[70].body: expected a Trail: new Trail([…]), got an array of 0'],
])('[WI8] [WI21] one of many that is no such thing is a Misfit: %#', (wrong, words) => {
  for (const of of [type, compile(type)]) {
    const { herd, flush } = room(of, 100)
    flush()
    herd.set(70, { ...born(70), ...(wrong as object) })
    expect(flush).toThrow(words)
  }
})
