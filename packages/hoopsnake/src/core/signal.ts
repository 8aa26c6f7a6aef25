import { gather } from './any.ts'
import type { Source } from './any.ts'

/**
 * Something that happens again and again.
 *
 * Iterated, it loses nothing, on the terms of `any`.
 */
export interface Signal<T> extends Source<T>, AsyncIterable<T> {
  readonly listeners: number
  /**
   * Tells all listeners, in the order of their coming.
   *
   * One that comes meanwhile hears the next value, one that leaves meanwhile hears none. A listener that
   * emits, emits once all have heard the value before: everybody hears the same order.
   */
  emit(value: T): void
  /**
   * Gives the next value; what comes between two calls passes unseen.
   *
   * Rejects with the reason of `abort`.
   */
  next(abort?: AbortSignal): Promise<T>
}

/**
 * Makes a signal.
 *
 * A listener that throws keeps none of the others from hearing. `failed`, of the signal's owner, is told each
 * such error; without it, `emit` throws them together as an AggregateError.
 */
export function signal<T>(failed?: (error: unknown) => void): Signal<T> {
  const listening = new Set<{ readonly listener: (value: T) => void }>()
  // What is being told, and what listeners emitted meanwhile.
  const values: T[] = []

  function tell(value: T, untold: unknown[]): void {
    // A copy: who comes meanwhile hears the next value.
    for (const entry of Array.from(listening)) {
      try {
        if (listening.has(entry)) entry.listener(value)
      } catch (error) {
        report(error, untold)
      }
    }
  }
  function report(error: unknown, untold: unknown[]): void {
    try {
      if (failed) failed(error)
      else untold.push(error)
    } catch (second) {
      untold.push(error, second)
    }
  }
  function on(listener: (value: T) => void): () => void {
    const entry = { listener }
    listening.add(entry)
    return () => void listening.delete(entry)
  }
  return {
    on,
    get listeners() {
      return listening.size
    },
    emit(value) {
      if (values.push(value) > 1) return
      const untold: unknown[] = []
      for (; values.length > 0; values.shift()) tell(values[0]!, untold)
      if (untold.length > 0) throw new AggregateError(untold, 'listeners of a signal failed')
    },
    async next(abort) {
      for await (const value of gather<T>((take) => [on(take)], { abort, most: 1 })) return value
      throw abort!.reason
    },
    [Symbol.asyncIterator]: () => gather<T>((take) => [on(take)], {}),
  }
}
