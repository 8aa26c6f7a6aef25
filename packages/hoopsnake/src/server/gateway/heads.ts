/** Who is there. */
export interface Heads {
  readonly all: number
  /** Those that nobody knows yet. */
  readonly unknown: number
  /** Those of a group of addresses. */
  of(group: string): number
  enter(group: string): Head
}

/** One of them. */
export interface Head {
  /** It is known who it is. Twice is once. */
  readonly known: () => void
  /** It is gone. Once. */
  readonly leave: () => void
}

/** Counts who is there: in all, by address, and those nobody knows yet. */
export function createHeads(): Heads {
  const groups = new Map<string, number>()
  let all = 0
  let unknown = 0
  return {
    get all() {
      return all
    },
    get unknown() {
      return unknown
    },
    of: (group) => groups.get(group) ?? 0,
    enter(group) {
      let isKnown = false
      all++
      unknown++
      groups.set(group, (groups.get(group) ?? 0) + 1)
      const known = (): void => {
        if (!isKnown) unknown--
        isKnown = true
      }
      return {
        known,
        leave() {
          known()
          all--
          const left = groups.get(group)! - 1
          if (left > 0) groups.set(group, left)
          else groups.delete(group)
        },
      }
    },
  }
}
