/** Something that can be listened to. `on` returns the way to stop listening. */
export interface Source<T> {
  on(listener: (value: T) => void): () => void
}

/** Something that happens again and again. Iterating it loses nothing: see {@link any}. */
export interface Signal<T> extends Source<T>, AsyncIterable<T> {
  readonly listeners: number
  /** Tells all listeners, in the order of their coming. From within a listener: once all have heard what came before. */
  emit(value: T): void
  /** Gives the next value; between two calls values pass unseen. An `abort` that comes first rejects with its reason. */
  next(abort?: AbortSignal): Promise<T>
}

/** Makes a signal. `failed` is told of each throw of a listener; without it, `emit` throws them together. All others hear. */
export function signal<T>(failed?: (error: unknown) => void): Signal<T> {
  const entries = new Set<(value: T) => void>()
  const values: T[] = []
  function tell(listener: (value: T) => void, value: T): unknown[] {
    try {
      if (entries.has(listener)) listener(value)
    } catch (error) {
      if (!failed) return [error]
      failed(error)
    }
    return []
  }
  return {}
}
