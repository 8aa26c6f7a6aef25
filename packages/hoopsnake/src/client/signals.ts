/** Calls a listener, or nobody. What it throws is nobody's business here: it goes to the page's own error handler. */
export function call<A extends readonly unknown[]>(
  listener: ((...args: A) => void) | undefined,
  ...args: A
): void {
  try {
    listener?.(...args)
  } catch (error) {
    throwLater(error)
  }
}

/** Throws outside of everything: the page's `error` event, Node's `uncaughtException`. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/** Listeners by name. */
export interface Signals {
  /** Adds a listener, and returns the way to take it off. */
  on(name: string, listener: (...args: never[]) => void): () => void
  /** Calls all listeners of `name`, in the order in which they came. Says whether there were any. */
  emit(name: string, ...args: unknown[]): boolean
}

/** Makes signals. A listener that throws keeps nothing from the others. */
export function createSignals(): Signals {
  const byName = new Map<string, Set<{ readonly listener: (...args: unknown[]) => void }>>()
  return {
    on(name, listener) {
      const entry = { listener: listener as (...args: unknown[]) => void }
      const entries = byName.get(name) ?? new Set()
      byName.set(name, entries.add(entry))
      return () => entries.delete(entry)
    },
    emit(name, ...args) {
      const entries = [...(byName.get(name) ?? [])]
      for (const { listener } of entries) call(listener, ...args)
      return entries.length > 0
    },
  }
}
