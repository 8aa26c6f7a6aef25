import { names } from './rules/bots.ts'

/**
 * Gives how many bots there are: what `SNAKE_BOTS` says, else none, for they need jobs.
 *
 * By environment, as `SNAKE_HZ`. Throws RangeError on what is no such number.
 */
export function bots(): number {
  return botsOf(process.env['SNAKE_BOTS'] || '0')
}

/** Reads a number of bots. Throws RangeError with words for the user. */
export function botsOf(asked: string): number {
  if (/^\d$/.test(asked) && Number(asked) <= names.length) return Number(asked)
  throw new RangeError(`'${asked}' bots: give a number from 0 to ${names.length}`)
}
