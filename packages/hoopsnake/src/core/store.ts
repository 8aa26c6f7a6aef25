/** One line of a score table. */
export interface Score {
  readonly name: string
  readonly score: number
}

/**
 * What outlives a room: bytes by key (checkpoints) and score tables.
 *
 * Every call may take long and may fail; rooms reach it only through `room.later`.
 */
export interface Store {
  /** Gives the bytes last put under `key`, or undefined. */
  get(key: string): Promise<Uint8Array | undefined>
  /** Keeps `value` under `key`, all of it or nothing. */
  put(key: string, value: Uint8Array): Promise<void>
  remove(key: string): Promise<void>
  /** Lists the keys that begin with `prefix`, sorted. */
  keys(prefix: string): Promise<string[]>
  /** Puts a score, a finite number, on `board`; of each name only the best is kept. */
  record(board: string, name: string, score: number): Promise<void>
  /** Lists the best of `board`, best first; of equal scores the earlier one first. */
  top(board: string, count: number): Promise<Score[]>
  /**
   * Claims the kept rooms of a game (the name of its protocol) for this server, until it closes the store or ends.
   * Rejects with words where another server has them. A store without it leaves that to who runs the servers.
   */
  claim?(game: string): Promise<void>
  /** Finishes what was asked for and closes; later calls are rejected. */
  close(): Promise<void>
}

/** Makes a store that forgets everything when the process ends. */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>()
  const boards = new Map<string, Map<string, number>>()
  let closed = false
  const whenOpen = async <T>(act: () => T): Promise<T> => {
    if (closed) throw new Error('the store is closed')
    return act()
  }
  return {
    get: (key) => whenOpen(() => values.get(key)?.slice()),
    put: (key, value) => whenOpen(() => void values.set(key, value.slice())),
    remove: (key) => whenOpen(() => void values.delete(key)),
    keys: (prefix) => whenOpen(() => [...values.keys()].filter((key) => key.startsWith(prefix)).sort()),
    record: (board, name, score) =>
      whenOpen(() => {
        if (!Number.isFinite(score)) throw new RangeError(`a score of ${score}; give a finite number`)
        const scores = boards.get(board) ?? new Map<string, number>()
        boards.set(board, scores)
        if (score <= (scores.get(name) ?? -Infinity)) return
        // Set anew, so that among equals the one who was first stays first.
        scores.delete(name)
        scores.set(name, score)
      }),
    top: (board, count) =>
      whenOpen(() =>
        [...(boards.get(board) ?? [])]
          .map(([name, score]) => ({ name, score }))
          .sort((a, b) => b.score - a.score)
          .slice(0, count),
      ),
    close: () => whenOpen(() => void (closed = true)),
  }
}
