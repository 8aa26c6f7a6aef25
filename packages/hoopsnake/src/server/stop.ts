import type { Clock } from '../core/clock.ts'

/** One step of a stop, in words for the log. */
export interface Step {
  readonly name: string
  readonly run: () => unknown
}

/**
 * Runs the steps one after another, at most `within` ms in all, and then goes on with those that are left without
 * waiting. A step that fails does not keep the others from running. Resolves with what went wrong, in order.
 */
export async function runSteps(clock: Clock, within: number, steps: readonly Step[]): Promise<Error[]> {
  const wrong: Error[] = []
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const cancel = clock.at(clock.now() + within, () => resolve('late'))
  let waiting = true
  for (const { name, run } of steps) {
    const ran = (async () => {
      await run()
    })().catch((error: unknown) => void wrong.push(new Error(`${name} failed`, { cause: error })))
    if (!waiting) continue
    if ((await Promise.race([ran, late])) === 'late') {
      waiting = false
      wrong.push(new Error(`${name} took longer than ${within} ms; it was not waited for`))
    }
  }
  cancel()
  return wrong
}
