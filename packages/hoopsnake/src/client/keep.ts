/** What brings a player back to a seat after the page was loaded anew. */
export interface Kept {
  readonly token: string
  readonly room: string
  readonly epoch: number
  readonly tick: number
}

/** Keeps the way back to one seat in this tab, for this tab alone. */
export interface Keeper {
  /** Gives what was kept, for `room` if one is named; undefined if there is nothing, or if another tab sits there. */
  load(room: string | undefined): Promise<Kept | undefined>
  /** Keeps the way back; undefined: there is none any more. */
  readonly save: (kept: Kept | undefined) => void
}

/** Makes a keeper over sessionStorage, which a duplicated tab copies, and a Web Lock, which it does not. */
export function createKeeper(key: string): Keeper {
  /** The seat whose lock this tab has, or has asked for. */
  let held: { readonly token: string; release: () => void } | undefined
  function hold(token: string): Promise<boolean> {
    held?.release()
    const mine = { token, release: () => {} }
    held = mine
    return lock(token).then((release) => {
      if (release === undefined) return false
      if (held === mine) mine.release = release
      else release()
      return true
    })
  }
  return {
    async load(room) {
      const kept = read(key)
      if (kept === undefined || (room !== undefined && room !== kept.room)) return undefined
      return (await hold(kept.token)) ? kept : undefined
    },
    save(kept) {
      if (kept === undefined) {
        held?.release()
        held = undefined
        withStorage((storage) => storage.removeItem(key))
        return
      }
      if (held?.token !== kept.token) void hold(kept.token)
      withStorage((storage) => storage.setItem(key, JSON.stringify(kept)))
    },
  }
}

function read(key: string): Kept | undefined {
  return withStorage((storage) => JSON.parse(storage.getItem(key) ?? 'null') as Kept | null) ?? undefined
}

/** Storage may be forbidden, full or absent: then nothing is kept. */
function withStorage<T>(act: (storage: Storage) => T): T | undefined {
  try {
    return act(sessionStorage)
  } catch {
    return undefined
  }
}

/** Takes the lock of a token and returns the way to give it back; undefined if another tab has it. */
function lock(token: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    // Only pages of a secure origin have locks; elsewhere the copy of a tab takes the seat over.
    if (typeof navigator !== 'object' || !('locks' in navigator)) return resolve(() => {})
    const request = navigator.locks.request(`hoopsnake ${token}`, { ifAvailable: true }, (granted) =>
      granted === null ? resolve(undefined) : new Promise<void>((release) => resolve(release)),
    )
    request.catch(() => resolve(() => {}))
  })
}
