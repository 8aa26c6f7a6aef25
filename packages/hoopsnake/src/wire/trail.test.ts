import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { f32, u8 } from './numbers.ts'
import { optional } from './optional.ts'
import { Reader } from './reader.ts'
import { Trail } from './trail.ts'
import { trail } from './trailType.ts'
import type { Type } from './type.ts'
import { Writer } from './writer.ts'

describe('[WI11] a Trail', () => {
  test('is a queue: pushed at the new end, dropped from the old', () => {
    const t = new Trail([1, 2, 3])
    t.push(4)
    t.drop()
    expect([...t]).toEqual([2, 3, 4])
    expect([t.length, t.pushed, t.dropped, t.last]).toEqual([3, 4, 1, 4])
    expect([t.at(0), t.at(2), t.at(-1), t.at(-3)]).toEqual([2, 4, 4, 2])
    expect([t.at(3), t.at(-4), t.at(Number.NaN)]).toEqual([undefined, undefined, undefined])
    t.drop(99)
    expect([t.length, t.dropped, t.last]).toEqual([0, 4, undefined])
    t.push(5)
    t.clear()
    expect([[...t], t.pushed, t.dropped]).toEqual([[], 5, 5])
  })

  test('holds its elements through growth and around the ring', () => {
    const t = new Trail<number>()
    const model: number[] = []
    for (let i = 0; i < 1000; i++) {
      t.push(i)
      model.push(i)
      if (i % 3 > 0) {
        t.drop(i % 2)
        model.splice(0, i % 2)
      }
      expect([t.length, t.at(0), t.last]).toEqual([model.length, model[0], model.at(-1)])
    }
    expect([...t]).toEqual(model)
  })

  test('refuses to drop what is no number of things', () => {
    const t = new Trail([1])
    for (const n of [-1, 0.5, Number.NaN]) expect(() => t.drop(n)).toThrow('write how many, e.g. drop(2)')
    t.drop(0)
    expect(t.length).toBe(1)
  })
})

/** A trail that is followed by a shadow and a client; `send` returns how many bytes a change took. */
function followed<T>(
  type: Type<Trail<T>>,
  first: Trail<T>,
): { send: (now: Trail<T>) => number; client: () => T[] } {
  type.write(new Writer(), first)
  let shadow = type.copy(first)
  let client = type.copy(first)
  return {
    send(now) {
      const w = new Writer()
      shadow = type.diff(w, shadow, now)
      if (w.length > 0) client = type.patch(new Reader(w.take()), client)
      expect([...client]).toEqual([...now])
      expect([...shadow]).toEqual([...now])
      return w.length
    },
    client: () => [...client],
  }
}

describe('[WI11] a trail on the wire', () => {
  test('costs its new elements and two counts, however long it is', () => {
    const body = new Trail(Array.from({ length: 300 }, (_, i) => i % 200))
    const { send } = followed(trail(u8, 999), body)
    for (let i = 0; i < 600; i++) {
      body.push(i % 256)
      body.drop()
      expect(send(body)).toBe(3)
    }
    expect(send(body)).toBe(0)
    body.drop(150)
    expect(send(body)).toBe(3)
  })

  test('is right when elements came and went between two sendings', () => {
    const body = new Trail([1, 2, 3])
    const { send } = followed(trail(u8, 9), body)
    for (let i = 0; i < 100; i++) {
      body.push(i)
      body.drop()
    }
    expect(send(body)).toBe(2 + 3)
    body.push(7)
    body.clear()
    expect(send(body)).toBe(2)
  })

  test('is right when it is replaced by one with the same counters', () => {
    const { send } = followed(trail(u8, 9), new Trail([1, 2, 3]))
    const other = new Trail([1, 5, 3])
    expect(send(other)).toBe(5)
    expect(send(new Trail([1, 5, 3]))).toBe(0)
    expect(send(new Trail([1, 5, 3, 4]))).toBe(3)
    expect(send(new Trail())).toBe(2)
  })

  test('is right when it is replaced by a shorter one that would go on with undefined', () => {
    const { send } = followed(trail(optional(u8), 9), new Trail<number | undefined>([1, undefined]))
    expect(send(new Trail<number | undefined>([1]))).toBe(4)
    expect(send(new Trail<number | undefined>([1, undefined]))).toBe(3)
  })

  test('is right when it goes back to an earlier copy and on from there by as much', () => {
    const type = trail(u8, 9)
    const body = new Trail([1, 2, 3])
    const { send } = followed(type, body)
    const earlier = type.copy(body)
    body.push(4)
    expect(send(body)).toBe(3)
    earlier.push(5)
    expect(earlier.pushed).toBe(body.pushed)
    send(earlier)
    expect(send(earlier)).toBe(0)
    send(body)
  })

  test('set back to its shadow, it goes on at the cost of what is new', () => {
    const type = trail(u8, 999)
    const body = new Trail(Array.from({ length: 500 }, (_, i) => i % 256))
    const w = new Writer()
    let shadow = type.copy(body)
    for (let i = 0; i < 50; i++) {
      body.push(i)
      body.drop(2)
      shadow = type.diff(w, shadow, body)
    }
    const back = type.copy(shadow)
    back.push(9)
    back.drop(3)
    w.clear()
    shadow = type.diff(w, shadow, back)
    expect(w.length).toBe(3)
    expect([...shadow]).toEqual([...back])
  })

  test('two places that hold the same trail are both right', () => {
    const type = trail(f32, 9)
    const one = new Trail([0.1])
    const here = followed(type, one)
    const there = followed(type, new Trail([7]))
    here.send(one)
    there.send(one)
    one.push(0.2)
    here.send(one)
    there.send(one)
    expect(here.client()).toEqual([Math.fround(0.1), Math.fround(0.2)])
  })

  test('shadows stay as they were while the trail goes on, each at its own pace', () => {
    const type = trail(u8, 40)
    const op = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(7))
    fc.assert(
      fc.property(fc.array(op, { minLength: 20, maxLength: 60 }), (ops) => {
        const value = new Trail<number>()
        const shadows = [0, 1].map(() => ({ shadow: type.copy(value), due: [...value] }))
        ops.forEach(([drop, push, turn], i) => {
          value.drop(drop)
          for (let n = 0; n < push && value.length < 40; n++) value.push((i * 40 + n) % 256)
          // The first mostly follows alone, so that old elements may be written over.
          const one = shadows[turn === 7 && i > 10 ? 1 : 0]!
          one.shadow = type.diff(new Writer(), one.shadow, value)
          one.due = [...value]
          for (const { shadow, due } of shadows) expect([...shadow]).toEqual(due)
        })
        // Whoever pushes on a shadow leaves the value alone.
        const before = [...value]
        shadows[0]!.shadow.push(1)
        expect([...value]).toEqual(before)
      }),
    )
  })

  test('a ring is used again and again while one shadow follows', () => {
    const type = trail(u8, 40)
    const value = new Trail(Array.from({ length: 16 }, (_, i) => i))
    let shadow = type.copy(value)
    const w = new Writer()
    for (let i = 0; i < 1000; i++) {
      value.drop()
      value.push(i % 256)
      shadow = type.diff(w, shadow, value)
    }
    expect([...shadow]).toEqual(Array.from({ length: 16 }, (_, i) => (984 + i) % 256))
  })

  test('a patched trail is apart from its base', () => {
    const type = trail(u8, 99)
    const base = new Trail([1, 2, 3])
    const next = type.patch(new Reader(Uint8Array.of(1, 1, 9)), base)
    next.push(10)
    base.push(11)
    expect([...base]).toEqual([1, 2, 3, 11])
    expect([...next]).toEqual([2, 3, 9, 10])
  })
})

test('[WI3] seed -1022277: another trail with the same elements is no change, whatever it dropped before', () => {
  const type = trail(u8, 9)
  const value = new Trail([1, 1, 1])
  value.drop()
  const w = new Writer()
  type.diff(w, new Trail([1, 1]), value)
  expect(w.length).toBe(0)
})
