/** Anything that runs. Whoever starts it owns it. */
export interface Task {
  /** Resolves when it has ended or was stopped; rejects once if it failed. */
  readonly done: Promise<void>
  /**
   * Ends it.
   *
   * Not a failure. Stopping what has ended, or is being stopped, does nothing more.
   */
  stop(): void | Promise<void>
}

/** A task that may need time to stop. */
export interface AsyncTask extends Task {
  /**
   * Ends it; resolves when it has ended, in whatever way.
   *
   * Never rejects: that is for `done`.
   */
  stop(): Promise<void>
}

/**
 * How a running thing ends: once, in one of two ways.
 *
 * A failure is told to `failed`, at once, and then to whoever awaits `done`. With a `failed` nobody needs to
 * await `done`; without one, or if `failed` throws itself, a `done` that nobody awaits is an unhandled
 * rejection: never silence.
 */
export interface Ending {
  readonly done: Promise<void>
  /** Whether it has ended. */
  readonly over: boolean
  end(): void
  fail(error: unknown): void
}

/** Makes an ending. What comes after the first `end` or `fail` does nothing. */
export function createEnding(failed?: (error: unknown) => void): Ending {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  let over = false
  return {
    done,
    get over() {
      return over
    },
    end() {
      over = true
      resolve()
    },
    fail(error) {
      if (over) return
      over = true
      try {
        failed?.(error)
        if (failed) done.catch(() => {})
        reject(error)
      } catch (second) {
        reject(new AggregateError([error, second], 'a task failed, and then the one who was told of it'))
      }
    },
  }
}

/**
 * Starts `run` in its own turn, as soon as the one that goes on is over.
 *
 * `stop` aborts the signal and resolves when `run` has returned, however it ended. Stopped in the turn of its
 * start, `run` is never called. What `run` throws is a failure, unless it was stopped and threw the signal's
 * reason or another AbortError.
 */
export function task(
  run: (signal: AbortSignal) => Promise<void>,
  failed?: (error: unknown) => void,
): AsyncTask {
  const controller = new AbortController()
  const { signal } = controller
  const ending = createEnding(failed)
  const ended = Promise.withResolvers<void>()

  async function live(): Promise<void> {
    try {
      if (!signal.aborted) await run(signal)
      ending.end()
    } catch (error) {
      if (signal.aborted && isAbort(error, signal)) ending.end()
      else ending.fail(error)
    }
    ended.resolve()
  }

  // In a turn of its own: the starter holds the task before anything can happen in it.
  void Promise.resolve().then(live)
  return {
    done: ending.done,
    stop() {
      controller.abort()
      return ended.promise
    },
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError')
}
