import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Score, Store } from '../core/store.ts'
import { realClock } from '../server/clock.ts'
import { plainLog } from '../server/log.ts'
import { realEntropy } from '../server/random.ts'
import { type Call, createClaims } from './claims.ts'
import { connect, type RedisAt } from './connection.ts'

/** How to make a store in Redis. Everything has a default. */
export interface RedisStoreOptions extends RedisAt {
  /** In front of all keys: those who have the same share one store. Default 'hoopsnake:'. */
  readonly prefix?: string | undefined
  readonly clock?: Clock | undefined
  /** Default: one line per entry on standard error. */
  readonly log?: Log | undefined
}

/** Time for what was asked for when the store is closed, in ms. */
const GOODBYE = 10_000

// A board is a sorted set. Its members begin with a number that falls with each record, so that of equal scores, which
// Redis sorts by their members, the earlier one is first in reverse. A hash finds the member of a name.
const TICKET = 16
const record = `
local old = redis.call('HGET', KEYS[2], ARGV[1])
if old then
  if tonumber(ARGV[2]) <= tonumber(redis.call('ZSCORE', KEYS[1], old)) then return end
  redis.call('ZREM', KEYS[1], old)
end
local member = string.format('%0${TICKET}.0f', 2^53 - redis.call('INCR', KEYS[3])) .. ARGV[1]
redis.call('ZADD', KEYS[1], ARGV[2], member)
redis.call('HSET', KEYS[2], ARGV[1], member)`

/**
 * Makes a store in Redis, for servers that share scores and checkpoints. Rejects with words if Redis doesn't answer now.
 *
 * While Redis is away, calls are rejected. What is kept is as safe as that Redis makes it: see its `appendonly`.
 * `keys` is no snapshot: what is put or removed meanwhile may or may not be in it.
 */
export async function redisStore(options: RedisStoreOptions = {}): Promise<Store> {
  const { prefix = 'hoopsnake:', clock = realClock(), log = plainLog() } = options
  let away = false
  const connection = await connect(
    options,
    { clock, log },
    {
      ready() {
        away = false
        log('info', 'the store is back')
      },
      lost(error) {
        if (!away) log('warn', 'the store lost Redis: calls fail until it is back', { error: error.message })
        away = true
      },
    },
  )
  let closed = false
  const kept = `${prefix}kept:`
  const call: Call = async (...command) => {
    if (closed) throw new Error('the store is closed')
    return connection.send(command)
  }
  const entropy = realEntropy()
  const claims = createClaims({ call, prefix, id: `${entropy()}-${entropy()}`, clock, log })
  return {
    async get(key) {
      const value = (await call('GET', kept + key)) as Buffer | null
      return value === null ? undefined : new Uint8Array(value)
    },
    async put(key, value) {
      await claims.write(key, 'SET', kept + key, Buffer.from(value))
    },
    async remove(key) {
      await claims.write(key, 'DEL', kept + key)
    },
    async keys(start) {
      const keys = await scan(call, kept + start)
      return keys.map((key) => key.slice(kept.length)).sort()
    },
    ...boards(call, prefix),
    claim: (game) => claims.claim(game),
    async close() {
      if (closed) throw new Error('the store is closed')
      const released = claims.release()
      closed = true
      await released
      await connection.close(GOODBYE)
    },
  }
}

/** Lists the keys that begin with `start`, each once. */
async function scan(call: Call, start: string): Promise<string[]> {
  // A long scan may come upon a key twice.
  const found = new Set<string>()
  const pattern = start.replace(/[*?[\]\\]/g, '\\$&') + '*'
  let cursor = '0'
  do {
    const reply = (await call('SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000')) as [Buffer, Buffer[]]
    cursor = reply[0].toString()
    for (const key of reply[1]) found.add(key.toString())
  } while (cursor !== '0')
  return Array.from(found)
}

/** Makes the score tables of a store. */
function boards(call: Call, prefix: string): Pick<Store, 'record' | 'top'> {
  return {
    async record(board, name, score) {
      if (!Number.isFinite(score)) throw new RangeError(`a score of ${score}; give a finite number`)
      const keys = [`${prefix}board:${board}`, `${prefix}names:${board}`, `${prefix}tickets`]
      await call('EVAL', record, '3', ...keys, name, String(score))
    },
    async top(board, count) {
      if (count < 1) return []
      const last = String(count - 1)
      const lines = await call('ZRANGE', `${prefix}board:${board}`, '0', last, 'REV', 'WITHSCORES')
      return (lines as [Buffer, number][]).map(([member, score]): Score => ({
        name: member.subarray(TICKET).toString(),
        score,
      }))
    },
  }
}
