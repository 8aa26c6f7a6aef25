import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Store } from '../core/store.ts'
import type { Seal } from '../core/tokens.ts'

/** Where a server keeps the key that it made itself. */
const KEPT_AT = 'server/secret'

/** Fewest characters of a key: 128 bits, in base 16 half of what 32 take. */
const LEAST = 16

/** Keys at most: each costs a token that is not ours one more look. */
const MOST = 8

/** Makes a seal over keys, the newest first: that one signs, all are accepted. `date` gives seconds since 1970. */
export function createSeal(keys: readonly string[], date: () => number): Seal {
  const mac = (key: string, text: string): Buffer => createHmac('sha256', key).update(text).digest()
  return {
    sign: (text) => mac(keys[0]!, text).toString('base64url'),
    signed(text, signature) {
      const given = Buffer.from(signature, 'base64url')
      const matches = keys.map((key) => {
        const right = mac(key, text)
        return given.length === right.length && timingSafeEqual(given, right)
      })
      return matches.includes(true)
    },
    digest: (secret) => createHash('sha256').update(secret).digest('base64url'),
    date,
  }
}

/** Checks the option `secret`. Throws RangeError with words. */
export function keysOf(secret: string | readonly string[] | undefined): readonly string[] | undefined {
  if (secret === undefined) return undefined
  const keys = [secret].flat()
  if (keys.length < 1 || keys.length > MOST) {
    throw new RangeError(
      `secret: ${keys.length} keys; give one, or the newest and up to ${MOST - 1} older ones`,
    )
  }
  const short = keys.findIndex((key) => typeof key !== 'string' || key.length < LEAST)
  if (short >= 0) {
    throw new RangeError(
      `secret: key ${short + 1} has fewer than ${LEAST} characters; give e.g. what \`openssl rand -hex 32\` prints`,
    )
  }
  return keys
}

/** Gives the key that a store keeps for its servers, and makes it if there is none: a restart then knows its tokens. */
export async function keyIn(store: Store, entropy: () => number): Promise<string> {
  const kept = await store.get(KEPT_AT)
  if (kept !== undefined) return new TextDecoder().decode(kept)
  const made = Array.from({ length: 8 }, () => entropy().toString(16).padStart(8, '0')).join('')
  await store.put(KEPT_AT, new TextEncoder().encode(made))
  // Of two servers that start over one store, both take what was put last.
  const now = await store.get(KEPT_AT)
  return now === undefined ? made : new TextDecoder().decode(now)
}
