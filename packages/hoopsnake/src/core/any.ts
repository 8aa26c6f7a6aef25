/** Something that can be listened to. `on` returns the way to stop listening. */
export interface Source<T> {
  on(listener: (value: T) => void): () => void
}

/** How to wait. */
export interface Waiting {
  /** Ends the waiting, at once and without an error: a stop is not a failure. */
  readonly abort?: AbortSignal | undefined
  /**
   * Events kept while their taker is busy.
   *
   * Default 1000. One more is an error, told once these are served.
   */
  readonly most?: number | undefined
}

/** The events of sources, by the names of the sources. */
export type Happening<V> = { [K in keyof V]: { readonly from: K; readonly value: V[K] } }[keyof V]

/**
 * Waits for any of several sources, again and again, and loses nothing.
 *
 * `for await (const event of any({ tick, message })) …`: from the call of `any` on, each event is served once
 * and in order; what comes while another is handled is kept. When `most` are kept and one more comes, it
 * stops listening, serves those and then throws an error with the code `OVERFLOW`. However it ends, it leaves
 * no listener behind.
 */
export function any<V extends object>(
  sources: { readonly [K in keyof V]: Source<V[K]> },
  waiting: Waiting = {},
): AsyncIterableIterator<Happening<V>> {
  const names = Object.keys(sources) as (keyof V)[]
  return gather((take) => names.map((from) => sources[from].on((value) => take({ from, value }))), waiting)
}

/**
 * Iterates what is given to `take`, on the terms of {@link any}.
 *
 * `listen` returns the ways to stop listening.
 */
export function gather<T>(
  listen: (take: (event: T) => void) => (() => void)[],
  { abort, most = 1000 }: Waiting,
): AsyncIterableIterator<T> {
  const kept: T[] = []
  let asked: PromiseWithResolvers<IteratorResult<T>> | undefined
  let overflow: Error | undefined
  let listening = !abort?.aborted

  function take(value: T): void {
    if (asked) asked.resolve({ value })
    else if (kept.push(value) > most) {
      kept.pop()
      overflow = Object.assign(new Error(`more than ${most} events wait to be taken`), { code: 'OVERFLOW' })
      leave()
    }
    asked = undefined
  }
  function leave(): void {
    listening = false
    for (const off of offs) off()
    abort?.removeEventListener('abort', end)
    asked?.resolve({ done: true, value: undefined })
    asked = undefined
  }
  function end(): void {
    kept.length = 0
    overflow = undefined
    leave()
  }

  const offs = listening ? listen(take) : []
  abort?.addEventListener('abort', end)
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      if (kept.length > 0) return { value: kept.shift()! }
      if (overflow) {
        const error = overflow
        end()
        throw error
      }
      if (!listening) return { done: true, value: undefined }
      if (asked) throw new Error('next() waits already; take one event at a time')
      asked = Promise.withResolvers()
      return asked.promise
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
  }
}
