/*
 * Loaded into a server before anything else (`node --import`), whichever it is: answers what `Asks` of `program.ts`
 * lists, over the channel that a parent has to its child, and makes the clock go faster if FASTER says so.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import type { Asks } from './program.ts'

/** How many times as fast as the clock on the wall time passes here. */
const faster = Number(process.env['FASTER'] ?? 1)

/**
 * What the server takes for its clock goes faster, and whatever waits for a time is called accordingly sooner: in half
 * an hour at 10 it lives five hours. Everything of hoopsnake's and of ws is led by these two; not the patience of
 * Node's HTTP for half a request.
 */
function hurry(): void {
  const now = performance.now.bind(performance)
  const wait = globalThis.setTimeout
  performance.now = () => faster * now()
  globalThis.setTimeout = ((run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
    wait(run, ms / faster, ...args)) as typeof setTimeout
}

/** Answers, until the process has nothing else to do. */
function listen(): void {
  const wallTime = Date.now
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as (how: object) => void
  // All that nobody needs, and its pages back to the system.
  const collect = (): void => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  const answers: { [K in keyof Asks]: (value: number) => Asks[K] } = {
    memory() {
      collect()
      const { heapUsed: heap, external } = process.memoryUsage()
      return { heap, external, handles: process.getActiveResourcesInfo().length }
    },
    block(value) {
      for (const end = performance.now() + value; performance.now() < end;);
    },
    jump(value) {
      Date.now = () => wallTime() + value
    },
    date: () => Date.now(),
  }
  process.on('message', ({ id, what, value }: { id: number; what: keyof Asks; value: number }) => {
    process.send!({ id, answer: answers[what](value) })
  })
  process.channel!.unref()
}

if (faster !== 1) hurry()
if (isMainThread && process.channel) listen()
