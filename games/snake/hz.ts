/**
 * Gives the ticks per second: what `SNAKE_HZ` says, else `usual`.
 *
 * By environment, because rooms may be loaded in workers, which get the environment and not the command line.
 * Throws RangeError on what is no rate.
 */
export function hz(usual: number): number {
  const asked = process.env['SNAKE_HZ']
  if (asked === undefined || asked === '') return usual
  const rate = Number(asked)
  if (rate > 0 && rate <= 1000) return rate
  throw new RangeError(`'${asked}' is no rate: give ticks per second, above 0 and up to 1000, e.g. 2.3`)
}
