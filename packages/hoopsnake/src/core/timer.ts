import type { Clock } from './clock.ts'
import { createHeap } from './heap.ts'
import type { Placed } from './heap.ts'

/** Something that falls due again and again. */
export interface Entry extends Placed {
  /** When it next falls due, by the clock of its timer. */
  due: number
  /** Decides between entries due at the same time: the lower runs first. */
  readonly order: number
  /** Does what is due, and moves `due` beyond the present. Must not throw. */
  readonly run: () => void
}

/** Many entries on one timer of a clock. */
export interface Timer {
  /** Puts an entry in; one that is in already goes to where its `due` has moved. */
  put(entry: Entry): void
  /** Takes an entry out. Does nothing if it isn't in. */
  remove(entry: Entry): void
  readonly size: number
  /** When the next entry falls due; undefined where there is none. */
  readonly due: number | undefined
}

/**
 * Makes a timer.
 *
 * An entry runs at most once each time the clock wakes it; with no entries, nothing waits on the clock.
 */
export function createTimer(clock: Clock): Timer {
  const heap = createHeap<Entry>((a, b) => a.due < b.due || (a.due === b.due && a.order < b.order))
  let running = false
  let armed: number | undefined
  let disarm = (): void => {}

  function arm(): void {
    const next = heap.first?.due
    if (running || next === armed) return
    if (armed !== undefined) disarm()
    armed = next
    disarm = next === undefined ? () => {} : clock.at(next, wake)
  }
  function wake(): void {
    armed = undefined
    running = true
    const now = clock.now()
    // Comes to an end: what has run is due after now.
    for (let entry = heap.first; entry && entry.due <= now; entry = heap.first) entry.run()
    running = false
    arm()
  }
  return {
    put(entry) {
      heap.put(entry)
      arm()
    },
    remove(entry) {
      heap.remove(entry)
      arm()
    },
    get size() {
      return heap.size
    },
    get due() {
      return heap.first?.due
    },
  }
}
