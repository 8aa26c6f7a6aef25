import type { Clock } from './clock.ts'
import type { LatePolicy } from './kind.ts'
import type { Late, Loops, LoopStats } from './loop.ts'

/** What a room needs of its pace, asked after every step and whenever something enters. */
export interface Need {
  /** Whether the inbox has something. */
  readonly pending: boolean
  /** Whether inputs came too fast and wait outside. */
  readonly throttled: boolean
  /** Whether nothing moves until something enters. */
  readonly idle: boolean
  /** The tick at which something falls due by itself; only in rooms that tick on events. */
  readonly deadline: number | undefined
}

/** The need of a room whose inbox has something: nothing else matters then. */
export const PENDING: Need = { pending: true, throttled: false, idle: false, deadline: undefined }

/** When a room ticks. */
export interface Pace {
  /** What became of the ticks that fell due: `stepped + skipped + dilated = due`. */
  readonly stats: LoopStats
  /** Goes on, or falls asleep. */
  settle(need: Need): void
  stop(): void
}

/** Makes ticks `first … first + count − 1`. `late` says by how much, and which ticks before them were not made. */
export type Step = (first: number, count: number, late: Late) => void

/** What a pace is given. `tick` tells the last tick made. */
export interface PaceGiven {
  readonly tick: () => number
  readonly step: Step
  /** Told if the loop itself fails, e.g. by its late policy. */
  readonly failed: (error: unknown) => void
}

/** After so many ms a room that ticks on events looks again for inputs that came too fast. */
const THROTTLED = 50

/** Ticks `hz` times a second, and not at all while asleep. */
export function steadyPace(loops: Loops, rate: { hz: number; late: LatePolicy }, given: PaceGiven): Pace {
  const loop = loops.start({
    ...rate,
    step: (count, late) => given.step(given.tick() + 1, count, late),
    failed: given.failed,
  })
  loop.pause()
  return {
    stats: loop.stats,
    settle: ({ pending, throttled, idle }) => (pending || throttled || !idle ? loop.resume() : loop.pause()),
    stop: () => loop.stop(),
  }
}

/**
 * Ticks when something enters or a deadline falls due.
 *
 * Ticks are milliseconds of the room's life here, so that `room.after('20s')` means the same as elsewhere; their numbers
 * rise, but not one by one.
 */
export function eventPace(clock: Clock, given: PaceGiven): Pace {
  const origin = clock.now() - given.tick()
  let cancel = (): void => {}
  let armed = Infinity
  const arm = (due: number): void => {
    if (due === armed) return
    cancel()
    armed = due
    cancel = due === Infinity ? () => {} : clock.at(due, fire)
  }
  let made = 0
  const fire = (): void => {
    const now = clock.now()
    const late = { ms: now - armed, skipped: 0, dilated: 0 }
    armed = Infinity
    made++
    given.step(Math.max(given.tick() + 1, Math.floor(now - origin)), 1, late)
  }
  return {
    get stats() {
      return { due: made, stepped: made, skipped: 0, dilated: 0 }
    },
    settle({ pending, throttled, deadline = Infinity }) {
      const now = clock.now()
      if (pending) return arm(Math.min(armed, now))
      // A deadline that the last tick has reached was served by it, whatever the game made of that.
      const due = deadline > given.tick() ? origin + deadline : Infinity
      arm(Math.min(due, throttled ? now + THROTTLED : Infinity))
    },
    stop: () => arm(Infinity),
  }
}
