import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { checkpointKey } from '../core/saver.ts'

/** Sends a command. Texts in the answer are bytes. */
export type Call = (...command: [string, ...(string | Buffer)[]]) => Promise<unknown>

/** What claims are made with. */
export interface ClaimsGiven {
  readonly call: Call
  /** In front of all keys. */
  readonly prefix: string
  /** Tells this store from all others. */
  readonly id: string
  readonly clock: Clock
  readonly log: Log
}

/** The games whose saved rooms are this server's alone. */
export interface Claims {
  /** Claims the saved rooms of a game. Rejects with words where another server has them. */
  claim(game: string): Promise<void>
  /**
   * Sends a command that writes what is kept under `key`. Of a game that was claimed it is refused once another server
   * has its rooms, in one step with the look at who has them.
   */
  write(key: string, ...command: [string, ...(string | Buffer)[]]): Promise<void>
  /** Lets all rooms go, to who starts next. Never rejects: what cannot be let go is over by itself. */
  release(): Promise<void>
}

// A claim is a key that is over by itself: who was killed holds nothing for long. It is renewed five times as often,
// so that a busy second, or a Redis that starts again, costs nobody the rooms. In ms.
const LEASE = 5000
const RENEW = 1000
/** How often it is looked whether somebody renews a claim, in ms. */
const LOOK = 250

const renewal = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`

const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`

const guarded = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call(ARGV[2], KEYS[2], unpack(ARGV, 3))
return 1`

/** Makes the claims of a store: none yet. */
export function createClaims({ call, prefix, id, clock, log }: ClaimsGiven): Claims {
  /** By game, whether it is still ours. */
  const claims = new Map<string, boolean>()
  let callOff = (): void => {}
  const keyOf = (game: string): string => `${prefix}rooms:${game}`

  async function renew(game: string): Promise<void> {
    // While Redis is away nobody else gets a claim either.
    const ours = await call('EVAL', renewal, '1', keyOf(game), id, String(LEASE)).catch(() => 1)
    if (ours === 0 && claims.get(game)) lose(game)
  }
  function lose(game: string): void {
    claims.set(game, false)
    log('error', 'another server has the saved rooms now: checkpoints are not written here any more', {
      game,
    })
  }
  function renewAll(): void {
    for (const [game, ours] of claims) if (ours) void renew(game)
    callOff = clock.at(clock.now() + RENEW, renewAll)
  }
  return {
    async claim(game) {
      if (claims.get(game)) return
      const key = keyOf(game)
      let left = Infinity
      while ((await call('SET', key, id, 'NX', 'PX', String(LEASE))) === null) {
        const now = Number(await call('PTTL', key))
        // What somebody holds who lives is renewed; what somebody left who was killed runs out.
        if (now > left) throw new Error(taken(game, prefix))
        left = now
        await new Promise<void>((resolve) => void clock.at(clock.now() + LOOK, resolve))
      }
      claims.set(game, true)
      callOff()
      callOff = clock.at(clock.now() + RENEW, renewAll)
    },
    async write(key, ...command) {
      const game = [...claims.keys()].find((one) => key.startsWith(checkpointKey(one, '')))
      if (game === undefined) return void (await call(...command))
      const [verb, at, ...rest] = command
      const ours =
        claims.get(game) && (await call('EVAL', guarded, '2', keyOf(game), at!, id, verb, ...rest)) === 1
      if (ours) return
      if (claims.get(game)) lose(game)
      throw new Error(taken(game, prefix))
    },
    async release() {
      callOff()
      const ours = [...claims].filter(([, held]) => held)
      await Promise.allSettled(ours.map(([game]) => call('EVAL', release, '1', keyOf(game), id)))
    },
  }
}

function taken(game: string, prefix: string): string {
  return `another server has the saved rooms of '${game}' under '${prefix}'. Stop that one, or give this one a \`prefix\` of its own`
}
