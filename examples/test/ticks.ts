import type { Line } from './player.ts'

/** Ticks of the room between one `tick` and the next. */
export const PERIOD = 20

/** Gives when `tick` was said, in ticks of the room. */
export function ticksOf(lines: readonly Line[]): number[] {
  return lines.filter(({ text }) => text === 'tick').map(({ tick }) => tick)
}

/** Gives the distances between one `tick` and the next, each once: PERIOD alone, if none was lost. */
export function gapsOf(lines: readonly Line[]): number[] {
  const ticks = ticksOf(lines)
  return [...new Set(ticks.slice(1).map((tick, at) => tick - ticks[at]!))]
}
