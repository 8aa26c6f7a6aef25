import type { Clock } from './clock.ts'
import type { LatePolicy } from './kind.ts'
import { createEnding } from './task.ts'
import type { Task } from './task.ts'
import { createTimer } from './timer.ts'
import type { Entry, Timer } from './timer.ts'

/**
 * What became of the ticks that fell due.
 *
 * Always `stepped + skipped + dilated = due`, within a step too.
 */
export interface LoopStats {
  readonly due: number
  /** Handed to `step`, the ones being made included. */
  readonly stepped: number
  /** Left out: by `{ catchUp }` beyond its most, by 'skip', by 'fail'. */
  readonly skipped: number
  /** Put off by 'slow': the loop's time stood still for so many ticks. */
  readonly dilated: number
}

/** How late a step is. */
export interface Late {
  /** Milliseconds since the first of the ticks that fell due. */
  readonly ms: number
  /** Ticks left out just before this step. */
  readonly skipped: number
  /** Ticks put off just before this step. */
  readonly dilated: number
}

/** What a loop runs. */
export interface LoopOptions {
  /** Ticks per second, 0 < hz ≤ 1000. */
  readonly hz: number
  /**
   * What to do when more than one tick is due. Default `{ catchUp: 4 }`.
   *
   * `{ catchUp: max }` makes up to `max` at once and skips the others; 'skip' makes one and skips the others;
   * 'slow' makes one and moves the schedule on by the others; 'fail' makes none and fails with
   * {@link TooLate}.
   */
  readonly late?: LatePolicy
  /**
   * Makes `count` ticks, one after another.
   *
   * One diff and one flush afterwards will do. A throw ends this loop as failed.
   */
  readonly step: (count: number, late: Late) => void
  /** Told once if the loop fails; then nobody needs to await `done`. */
  readonly failed?: (error: unknown) => void
}

/** A loop that runs. `stop` within its own step takes effect when the step returns. */
export interface Loop extends Task {
  readonly stats: LoopStats
  readonly paused: boolean
  stop(): void
  /** Puts the loop to sleep: from now on nothing falls due. */
  pause(): void
  /**
   * Wakes the loop: the schedule begins anew, the next tick one period from now.
   *
   * Does nothing to a loop that is awake.
   */
  resume(): void
}

/** The loops of one clock. */
export interface Loops {
  /**
   * Starts a loop; its first tick falls due one period from now.
   *
   * Throws RangeError on impossible options.
   */
  start(options: LoopOptions): Loop
  /** Loops that are neither stopped nor paused. */
  readonly awake: number
  /** By how much the tick that has been due longest is overdue, in ms; 0 where none is. */
  readonly overdue: number
}

/** A loop with the policy 'fail' was late. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
  readonly code = 'TOO_LATE'
  /** Ticks that were due and not made. */
  readonly ticks: number

  constructor(ticks: number, ms: number) {
    super(
      `the loop is ${ticks} ticks late (${ms.toFixed(1)} ms); allow it: late: 'skip', 'slow' or { catchUp: 4 }`,
    )
    this.ticks = ticks
  }
}

/**
 * Makes the loops of a clock, which share one timer.
 *
 * Loops due at the same time run in the order of their starting. Each runs at most once per turn of the
 * timer, so that a loop that cannot keep up does not keep sockets and other loops waiting.
 */
export function createLoops(clock: Clock): Loops {
  const timer = createTimer(clock)
  let started = 0
  return {
    start: (options) => startLoop(clock, timer, options, started++),
    get awake() {
      return timer.size
    },
    get overdue() {
      return Math.max(0, clock.now() - (timer.due ?? Infinity))
    },
  }
}

function startLoop(clock: Clock, timer: Timer, options: LoopOptions, order: number): Loop {
  const { hz, late: policy = { catchUp: 4 }, step, failed } = options
  check(hz, policy)
  const ending = createEnding(failed)
  const stats = { due: 0, stepped: 0, skipped: 0, dilated: 0 }
  const schedule = createSchedule(hz, clock.now())
  let state: 'awake' | 'paused' | 'stopped' = 'awake'
  let stepping = false

  function halt(to: 'paused' | 'stopped'): void {
    state = to
    timer.remove(entry)
  }
  function run(): void {
    const now = clock.now()
    const ms = now - entry.due
    const ticks = schedule.take(now)
    // Before the step, so that what the step does to its loop holds.
    entry.due = schedule.next()
    timer.put(entry)
    const { count, skipped, dilated } = share(ticks, policy)
    stats.due += ticks
    stats.stepped += count
    stats.skipped += skipped
    stats.dilated += dilated
    stepping = true
    try {
      if (count === 0) throw new TooLate(ticks, ms)
      step(count, { ms, skipped, dilated })
      if (state === 'stopped') ending.end()
    } catch (error) {
      halt('stopped')
      ending.fail(error)
    }
    stepping = false
  }

  const entry: Entry = { due: schedule.next(), order, run, place: -1 }
  timer.put(entry)
  return {
    done: ending.done,
    stats,
    get paused() {
      return state === 'paused'
    },
    stop() {
      halt('stopped')
      if (!stepping) ending.end()
    },
    pause() {
      if (state === 'awake') halt('paused')
    },
    resume() {
      if (state !== 'paused') return
      state = 'awake'
      schedule.rebase(clock.now())
      entry.due = schedule.next()
      timer.put(entry)
    },
  }
}

/**
 * When ticks fall due: tick n of a schedule at `start + n / hz`.
 *
 * Computed anew each time, so that no error adds up.
 */
function createSchedule(hz: number, from: number) {
  let start = from
  let taken = 0
  const due = (n: number): number => start + (n * 1000) / hz
  return {
    next: (): number => due(taken + 1),
    /** Takes all ticks that are due at `now`; says how many. Afterwards `next() > now`. */
    take(now: number): number {
      const before = taken
      // An estimate, low on purpose: it rounds, and what decides is `due`.
      taken = Math.max(taken, Math.floor(((now - start) * hz) / 1000) - 1)
      while (due(taken + 1) <= now) taken += 1
      return taken - before
    },
    rebase(now: number): void {
      start = now
      taken = 0
    },
  }
}

/** Says what becomes of `ticks` ≥ 1 that are due together. */
function share(ticks: number, policy: LatePolicy): { count: number; skipped: number; dilated: number } {
  if (policy === 'fail' && ticks > 1) return { count: 0, skipped: ticks, dilated: 0 }
  if (policy === 'slow') return { count: 1, skipped: 0, dilated: ticks - 1 }
  const count = Math.min(ticks, typeof policy === 'object' ? policy.catchUp : 1)
  return { count, skipped: ticks - count, dilated: 0 }
}

function check(hz: number, policy: LatePolicy): void {
  if (!(hz > 0 && hz <= 1000))
    throw new RangeError(`hz: ${hz}: give ticks per second, above 0 and at most 1000`)
  if (typeof policy === 'string') return
  const { catchUp } = policy
  if (!(Number.isInteger(catchUp) && catchUp >= 1)) {
    throw new RangeError(`late: { catchUp: ${catchUp} }: give an integer from 1, or 'skip', 'slow' or 'fail'`)
  }
}
