import type { VirtualClock } from '../core/clock.ts'

/** Virtual time that something may take to come about, in ms. */
const PATIENCE = 60_000

/** How time passes. */
export interface Time {
  readonly clock: VirtualClock
  /** Lets everything come about that was promised and does not wait for the clock. */
  readonly settle: () => Promise<void>
}

/** Lets time pass, everything that falls due at its time, and what was promised come about in between. */
export async function advance({ clock, settle }: Time, ms: number): Promise<void> {
  const end = clock.now() + ms
  for (;;) {
    await settle()
    const { next } = clock
    clock.advance(Math.min(next ?? end, end) - clock.now())
    if (next === undefined || next > end) return
  }
}

/** Lets time pass until a promise has come about. */
export async function pass<T>({ clock, settle }: Time, promise: Promise<T>): Promise<T> {
  const end = clock.now() + PATIENCE
  let pending = true
  const settled = (): void => void (pending = false)
  promise.then(settled, settled)
  for (;;) {
    await settle()
    if (!pending) return promise
    if (clock.next === undefined || clock.next > end) throw new Error(`nothing came of it in ${PATIENCE} ms`)
    clock.advance(clock.next - clock.now())
  }
}
