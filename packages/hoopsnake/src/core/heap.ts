/**
 * What a heap holds.
 *
 * `place` belongs to the heap; -1 outside of it. One item is in one heap at most.
 */
export interface Placed {
  place: number
}

/** The least of many, at any time. */
export interface Heap<T extends Placed> {
  readonly first: T | undefined
  readonly size: number
  /** Puts an item in; one that is in already and has changed goes to its new place. */
  put(item: T): void
  /** Takes an item out. Does nothing if it isn't in. */
  remove(item: T): void
}

/**
 * Makes an empty binary heap, ordered by `before`.
 *
 * Every operation takes O(log size).
 */
export function createHeap<T extends Placed>(before: (a: T, b: T) => boolean): Heap<T> {
  // No item is before its parent, which stands at (place - 1) >> 1.
  const items: T[] = []

  function set(item: T, place: number): void {
    items[place] = item
    item.place = place
  }
  function settle(item: T, from: number): void {
    let place = from
    for (let up = (place - 1) >> 1; place > 0 && before(item, items[up]!); up = (place - 1) >> 1) {
      set(items[up]!, place)
      place = up
    }
    for (let down = 2 * place + 1; down < items.length; down = 2 * place + 1) {
      if (down + 1 < items.length && before(items[down + 1]!, items[down]!)) down += 1
      if (!before(items[down]!, item)) break
      set(items[down]!, place)
      place = down
    }
    set(item, place)
  }

  return {
    get first() {
      return items[0]
    },
    get size() {
      return items.length
    },
    put(item) {
      if (item.place < 0) set(item, items.length)
      settle(item, item.place)
    },
    remove(item) {
      const { place } = item
      if (place < 0) return
      const last = items.pop()!
      if (last !== item) settle(last, place)
      item.place = -1
    },
  }
}
