import type { Clock, VirtualClock } from '../core/clock.ts'

/** Lets everything that was promised come about: all that runs without waiting for the clock. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Shortest time between two turns of a client, in ms. */
const TURN = 1e-6

/** Makes the clock of a client: as a real one, it wakes in a later turn, when what was promised in this one came about. */
export function clientClock(clock: VirtualClock): Clock {
  return {
    now: () => clock.now(),
    at: (due, wake) => clock.at(Math.max(due, clock.now() + TURN), wake),
  }
}

/** A clock for one machine of a simulation. */
export interface MachineClock extends Clock {
  /** The machine does nothing for `ms`; then what it should have done meanwhile, late. */
  stall(ms: number): void
  /** Does something on the machine: now, or as soon as it does anything again. */
  run(act: () => void): void
  /** Nothing wakes any more: the machine is dead. */
  kill(): void
}

/** Makes a machine's clock of the simulation's one. `woke` is called after whatever the machine does at a time. */
export function machineClock(clock: VirtualClock, woke: () => void): MachineClock {
  let dead = false
  let stalledUntil = -Infinity
  /** What is late, oldest first. */
  const late: (() => void)[] = []
  const run = (act: () => void): void => {
    if (clock.now() < stalledUntil || late.length > 0) late.push(act)
    else act()
  }
  const catchUp = (): void => {
    while (late.length > 0 && clock.now() >= stalledUntil) late.shift()!()
  }
  return {
    now: () => clock.now(),
    at(due, wake) {
      let off = false
      const callOff = clock.at(due, () =>
        run(() => {
          if (dead || off) return
          wake()
          woke()
        }),
      )
      return () => {
        off = true
        callOff()
      }
    },
    stall(ms) {
      stalledUntil = Math.max(stalledUntil, clock.now() + ms)
      clock.at(stalledUntil, catchUp)
    },
    run,
    kill: () => void (dead = true),
  }
}
