import { createClient, type RedisArgument, RESP_TYPES, type RedisClientType } from '@redis/client'
import type { BusGiven } from '../core/bus.ts'
import { realEntropy } from '../server/random.ts'

/** A client of @redis/client, of the version that the program brings. */
export interface RedisLike {
  readonly options?: { readonly socket?: object } | undefined
  duplicate(overrides?: object): unknown
}

/** Where Redis is: one of the two. Redis 6.2 or newer, or Valkey; one server or a primary, no cluster. */
export interface RedisAt {
  /** `redis[s]://[[user][:password]@]host[:port][/database]`. Default `redis://localhost:6379`. */
  readonly url?: string | undefined
  /** A client to take address and credentials from. It is neither used nor closed: its duplicate is. */
  readonly client?: RedisLike | undefined
}

/** A connection of our own, which comes back by itself. */
export interface Connection {
  readonly client: RedisClientType
  /** Whether commands reach the server now; while not, they are rejected at once. */
  readonly ready: boolean
  /** Sends a command. Texts in the answer are bytes. */
  send(command: readonly RedisArgument[]): Promise<unknown>
  /** Waits for the answers that are due, `patience` ms at most, and closes. Never rejects. */
  close(patience: number): Promise<void>
}

/** Who is told how the connection does. */
export interface Watch {
  /** The server answers (again). */
  ready(): void
  /** The connection was lost, or could not be made again: told with each attempt. */
  lost(error: Error): void
}

// An idle connection is asked for a sign of life; a server that says nothing for so long is given up. In ms.
const PING = 5000
const SILENCE = 15_000
const CONNECT = 5000
/** What a duplicate does not take over: our commands are bounded elsewhere, and never cached. */
const plain = { clientSideCache: undefined, commandsQueueMaxLength: undefined }
/** The time between two attempts to connect again doubles from the first of these to the second, less chance. In ms. */
const AGAIN = { first: 50, most: 1000 }

/** Connects. Rejects with words if the server doesn't answer now; later it is tried again for ever. */
export async function connect(
  { url, client: given }: RedisAt,
  { clock, log }: BusGiven,
  watch: Watch,
): Promise<Connection> {
  if (url !== undefined && given !== undefined) {
    throw new TypeError('give either `url` or `client`: two places for one connection')
  }
  const chance = realEntropy()
  let established = false
  let closing: Promise<void> | undefined
  const options = {
    // One connection that both listens and speaks, which RESP3 allows: a message published after subscribing is heard.
    RESP: 3,
    disableOfflineQueue: true,
    // A busy moment is no reason to drop a command; a server that is gone is noticed by its silence.
    commandOptions: { timeout: 0 },
    pingInterval: PING,
    socket: {
      ...given?.options?.socket,
      connectTimeout: CONNECT,
      socketTimeout: SILENCE,
      reconnectStrategy: (attempts: number): number | false =>
        established && Math.min(AGAIN.first * 2 ** attempts, AGAIN.most) * (0.5 + chance() / 2 ** 33),
    },
  } as const
  const client = given
    ? (given.duplicate({ ...options, ...plain }) as RedisClientType)
    : createClient({ ...options, url: url ?? 'redis://localhost:6379' })
  client.on('error', (error: Error) => {
    if (!established || closing !== undefined) return
    if (client.isReady) log('error', 'trouble with Redis', { error })
    else watch.lost(error)
  })
  client.on('ready', () => {
    if (established && closing === undefined) watch.ready()
  })
  try {
    await client.connect()
  } catch (error) {
    client.destroy()
    throw new Error(unreachable(client, error as Error), { cause: error })
  }
  established = true

  async function close(patience: number): Promise<void> {
    if (client.isReady) {
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const stop = clock.at(clock.now() + patience, resolve)
      await Promise.race([client.close(), late])
      stop()
    }
    client.destroy()
  }
  return {
    client: client as RedisClientType,
    get ready() {
      return client.isReady
    },
    send: (command) => client.sendCommand(command, { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } }),
    close: (patience) => (closing ??= close(patience)),
  }
}

function unreachable({ options }: { readonly options?: { readonly socket?: object } }, error: Error): string {
  const { host = 'localhost', port = 6379, path } = (options?.socket ?? {}) as Record<string, string | number>
  // An attempt on several addresses fails with an error that has no words of its own.
  const why = error.message || ((error as { code?: string }).code ?? error.name)
  return `Redis at ${path ?? `${host}:${port}`} cannot be used: ${why}. Start it, or give the right \`url\``
}
