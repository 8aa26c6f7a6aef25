import type { Dir } from '../../protocol.ts'
import type { Point } from '../scene.ts'

// In CSS pixels: long enough that a tap is none, short enough that the thumb need not travel.
const least = 22

/** Where a finger came down, or where it turned last. */
export interface Track {
  readonly from: Point
}

/** Follows a finger: `turn` is set when it has gone far enough, and the next turn is measured from there. */
export function swipe(track: Track, to: Point): { track: Track; turn: Dir | undefined } {
  const x = to.x - track.from.x
  const y = to.y - track.from.y
  if (Math.max(Math.abs(x), Math.abs(y)) < least) return { track, turn: undefined }
  // Between two directions the finger has not decided yet.
  if (Math.min(Math.abs(x), Math.abs(y)) > 0.8 * Math.max(Math.abs(x), Math.abs(y)))
    return { track, turn: undefined }
  const turn = Math.abs(x) > Math.abs(y) ? (x > 0 ? 'right' : 'left') : y > 0 ? 'down' : 'up'
  return { track: { from: to }, turn }
}
