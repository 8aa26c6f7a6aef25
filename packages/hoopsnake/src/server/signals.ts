import type { Clock } from '../core/clock.ts'

/** Signals that stop a server. */
export type StopSignal = 'SIGTERM' | 'SIGINT'

/**
 * Signals closer together than this, in ms, are one request: Ctrl-C comes from the terminal and once more from npm, and
 * who is supervised may hear a signal from more than one side.
 */
const TOGETHER = 500

/**
 * Calls `asked` at the first signal that asks the process to stop, and returns the way to listen no more.
 *
 * A later one is of somebody who does not want to wait: it ends the process, as if nobody listened.
 */
export function onStopSignals(clock: Clock, asked: (signal: StopSignal) => void): () => void {
  const signals = ['SIGTERM', 'SIGINT'] as const
  let first: number | undefined
  const hear = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = clock.now()
      return asked(signal as StopSignal)
    }
    if (clock.now() - first < TOGETHER) return
    off()
    process.kill(process.pid, signal)
  }
  const off = (): void => {
    for (const signal of signals) process.off(signal, hear)
  }
  for (const signal of signals) process.on(signal, hear)
  return off
}
