import type { Clock, VirtualClock } from '../core/clock.ts'

/** Lets everything that was promised come about: all that runs without waiting for the clock. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A clock for one machine of a simulation. */
export interface MachineClock extends Clock {
  /** Nothing wakes any more: the machine is dead. */
  kill(): void
}

/** Makes a machine's clock of the simulation's one. `woke` is called after whatever the machine does at a time. */
export function machineClock(clock: VirtualClock, woke: () => void): MachineClock {
  let dead = false
  return {
    now: () => clock.now(),
    at: (due, wake) =>
      clock.at(due, () => {
        if (dead) return
        wake()
        woke()
      }),
    kill: () => void (dead = true),
  }
}
