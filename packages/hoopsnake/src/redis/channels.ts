import type { Log } from '../core/log.ts'
import type { Connection } from './connection.ts'

/** The channels of Redis that one connection listens to. */
export interface Channels {
  /**
   * Listens to a channel; commands sent afterwards find it listening. Returns the way to stop.
   *
   * `hear` must not throw. If several want a channel, the first one's `hear` is called, once.
   */
  want(channel: string, hear: (message: Buffer) => void): () => void
  /** Listens again to all that is wanted, on a new connection. Resolves once the server has confirmed. */
  restore(): Promise<void>
}

interface Wanted {
  readonly listener: (message: Buffer) => void
  users: number // ≥ 1
}

/** Makes the list of channels: the truth of what is wanted, whatever became of the commands that asked for it. */
export function createChannels(connection: Connection, log: Log): Channels {
  const { client } = connection
  const wanted = new Map<string, Wanted>()

  async function listen(channel: string, { listener }: Wanted): Promise<void> {
    // Otherwise `restore` does it.
    if (!connection.ready) return
    try {
      // Does nothing where the client listens already.
      await client.subscribe(channel, listener, true)
    } catch (error) {
      // Of a connection that is lost its owner tells; here a server that is there says no.
      if (connection.ready) log('error', 'Redis refuses a subscription', { channel, error })
    }
  }
  function ignore(channel: string, listener: (message: Buffer) => void): void {
    // Cut off on its way, the client goes on listening; the next message tries again.
    if (connection.ready) client.unsubscribe(channel, listener, true).catch(() => {})
  }
  function begin(channel: string, hear: (message: Buffer) => void): Wanted {
    const entry: Wanted = {
      users: 0,
      listener(message) {
        if (wanted.get(channel) === entry) hear(message)
        else ignore(channel, entry.listener)
      },
    }
    wanted.set(channel, entry)
    void listen(channel, entry)
    return entry
  }
  return {
    want(channel, hear) {
      const entry = wanted.get(channel) ?? begin(channel, hear)
      entry.users += 1
      let over = false
      return () => {
        if (over) return
        over = true
        entry.users -= 1
        if (entry.users > 0) return
        wanted.delete(channel)
        ignore(channel, entry.listener)
      }
    },
    async restore() {
      await Promise.all(Array.from(wanted, ([channel, entry]) => listen(channel, entry)))
    },
  }
}
