import { call } from './signals.ts'

/** What to do as the entries of a map come, change and go. */
export interface Handlers {
  readonly enter?: (key: unknown, value: unknown) => void
  readonly update?: (key: unknown, value: unknown, old: unknown) => void
  readonly exit?: (key: unknown, old: unknown) => void
}

/**
 * Returns a function to be given each new version of a map, which calls for what became different.
 *
 * Versions share what did not change, so `===` tells; who left is told before who came.
 */
export function follow({ enter, update, exit }: Handlers): (next: ReadonlyMap<unknown, unknown>) => void {
  let known: ReadonlyMap<unknown, unknown> = new Map()
  return (next) => {
    const old = known
    if (next === old) return
    known = next
    for (const [key, value] of old) if (!next.has(key)) call(exit, key, value)
    for (const [key, value] of next) {
      if (!old.has(key)) call(enter, key, value)
      else if (old.get(key) !== value) call(update, key, value, old.get(key))
    }
  }
}
