import type { Clock } from '../core/clock.ts'
import { Bucket } from '../core/limits.ts'
import type { Log } from '../core/log.ts'

/** A log that does not repeat itself without end. */
export interface CalmLog {
  readonly log: Log
  /** Entries so far by level, those left out included. */
  readonly counts: Readonly<Record<Parameters<Log>[0], number>>
  /** Says what was left out, if anything, and how often. */
  end(): void
}

/** What is said with the same words: so much at once, then so much per second. The rest is counted. */
const RATE = { perSecond: 1, burst: 100 }
/** How long after the first entry that was left out it is said how many were, in ms. */
const SAY_AFTER = 10_000
/** Different words that are told apart; what comes beyond is treated as one. */
const MOST_WORDS = 500

/** Entries with the same level and words, whatever their fields. */
interface Words {
  readonly bucket: Bucket
  leftOut: number
  callOff: () => void
}

/**
 * Makes a log calm: entries with the same words are written as long as they are few. Somebody outside can cause most
 * of them, and could otherwise fill the disk. Nothing is left out in silence: how many were, is said.
 */
export function calmLog(log: Log, clock: Clock): CalmLog {
  const counts = { debug: 0, info: 0, warn: 0, error: 0 }
  const all = new Map<string, Words>()
  const wordsOf = (key: string): Words => {
    const name = all.has(key) || all.size < MOST_WORDS ? key : ''
    const words = all.get(name) ?? { bucket: new Bucket(RATE), leftOut: 0, callOff: () => {} }
    all.set(name, words)
    return words
  }
  return {
    counts,
    log(level, message, fields) {
      counts[level]++
      const words = wordsOf(`${level} ${message}`)
      if (words.bucket.take(clock.now())) return log(level, message, fields)
      if (words.leftOut++ > 0) return
      words.callOff = clock.at(clock.now() + SAY_AFTER, () => say(words, level, message))
    },
    end() {
      for (const [key, words] of all) {
        words.callOff()
        const [level] = key.split(' ', 1) as [Parameters<Log>[0]]
        if (words.leftOut > 0) say(words, level || 'warn', key.slice(level.length + 1))
      }
    },
  }
  function say(words: Words, level: Parameters<Log>[0], message: string): void {
    log(level, 'left out: too many entries like this', { like: message, times: words.leftOut })
    words.leftOut = 0
  }
}
