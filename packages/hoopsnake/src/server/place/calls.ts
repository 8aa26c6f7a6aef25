import { type Answer, answer, type Services, type Up } from './messages.ts'

/** What one thread of rooms has called and is waiting for. */
export interface Calls {
  /** Does what the thread asks for, and answers. */
  take(message: Up & { do: 'call' }): void
  /** The thread gives up waiting: who can be called off, is. */
  callOff(call: number): void
  /** The thread is gone: the same for all its calls. */
  drop(): void
}

/** Makes the calls of a thread to the services of its server. */
export function createCalls(
  { store, bus, jobs }: Services,
  answered: (call: number, told: Answer) => void,
): Calls {
  const aborts = new Map<number, AbortController>()
  return {
    take({ call, on, method, args }) {
      const abort = new AbortController()
      aborts.set(call, abort)
      // What it names is a method of what it names; a store or bus of the user's may throw at once.
      const target = { store, bus, jobs }[on] as unknown as Record<
        string,
        (...args: readonly unknown[]) => Promise<unknown>
      >
      const called = async (): Promise<unknown> =>
        target[method]!(...(on === 'store' ? args : within(args, abort.signal)))
      void answer(called()).then((told) => {
        // One thread's number is not the next one's.
        if (aborts.get(call) !== abort) return
        aborts.delete(call)
        answered(call, told)
      })
    },
    callOff: (call) => aborts.get(call)?.abort(),
    drop() {
      for (const [call, abort] of aborts) {
        aborts.delete(call)
        abort.abort()
      }
    },
  }
}

/** Puts a signal among the options, which come last. */
function within(args: readonly unknown[], signal: AbortSignal): readonly unknown[] {
  return [...args.slice(0, -1), { ...(args.at(-1) as object), signal }]
}
