import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { Store } from './store.ts'

/** What keeps a room's checkpoints. */
export interface Saver {
  /** The last checkpoint that was taken. */
  readonly last: Uint8Array | undefined
  /** Takes a checkpoint now. Resolves when it is written, or when that failed and was logged. */
  save(): Promise<void>
  /** Told of each flush: a checkpoint that fell due since the last one is taken now. */
  flushed(): void
  /** Takes no more checkpoints by itself. */
  stop(): void
  /** Removes what is kept: the room closed for good. */
  forget(): void
}

/** What a saver is given. */
export interface SaverGiven {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly key: string
  /** Milliseconds between checkpoints. */
  readonly every: number
  /** Gives the tick that would be saved; undefined while there is none that clients have seen. */
  readonly tick: () => number | undefined
  readonly take: () => Uint8Array
}

/** Where the checkpoint of a room is kept in the store. */
export function checkpointKey(protocol: string, code: string): string {
  return `room/${protocol}/${code}`
}

/** Makes a saver that takes a checkpoint every so often, if the room has moved on since the last one. */
export function createSaver(given: SaverGiven): Saver {
  const { store, clock, key } = given
  let last: Uint8Array | undefined
  let savedTick: number | undefined
  // One write at a time, in order: `forget` comes after a `put` that is under way.
  let writing = Promise.resolve()
  let callOff = (): void => {}

  const write = (act: () => Promise<void>, what: string): Promise<void> => {
    writing = writing.then(act).catch((error: unknown) => {
      savedTick = undefined
      given.log('error', `could not ${what} a checkpoint`, { key, error })
    })
    return writing
  }
  const save = (): Promise<void> => {
    let bytes: Uint8Array
    try {
      bytes = given.take()
    } catch (error) {
      // E.g. what `auth` answered is nothing that JSON can hold. The room goes on all the same.
      given.log('error', 'could not take a checkpoint', { key, error })
      return writing
    }
    savedTick = given.tick()
    last = bytes
    return write(() => store.put(key, bytes), 'write')
  }
  // Due between two flushes: it is taken at the next one.
  let overdue = false
  const again = (): void => {
    callOff = clock.at(clock.now() + given.every, () => {
      const tick = given.tick()
      overdue = tick === undefined
      if (tick !== undefined && tick !== savedTick) void save()
      again()
    })
  }
  again()
  return {
    get last() {
      return last
    },
    save,
    flushed() {
      if (!overdue) return
      overdue = false
      void save()
    },
    stop: () => callOff(),
    forget: () => void write(() => store.remove(key), 'remove'),
  }
}
