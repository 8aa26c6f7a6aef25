import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHeap } from './heap.ts'

interface Item {
  place: number
  rank: number
}

test('a heap gives the least first, whatever was put, moved and removed', () => {
  const step = fc.tuple(fc.constantFrom('put', 'move', 'remove', 'take'), fc.nat(30), fc.nat(99))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = createHeap<Item>((a, b) => a.rank < b.rank)
      const items = Array.from({ length: 31 }, (): Item => ({ place: -1, rank: 0 }))
      const inside = new Set<Item>()
      for (const [what, which, rank] of steps) {
        const item = what === 'take' ? heap.first : items[which]!
        if (!item) continue
        if (what === 'put' || (what === 'move' && inside.has(item))) {
          item.rank = rank
          heap.put(item)
          inside.add(item)
        } else {
          heap.remove(item)
          inside.delete(item)
        }
        expect(heap.size).toBe(inside.size)
        expect(heap.first?.rank).toBe(
          inside.size ? Math.min(...[...inside].map((one) => one.rank)) : undefined,
        )
        expect(items.filter((one) => one.place >= 0).length).toBe(inside.size)
      }
    }),
  )
})
