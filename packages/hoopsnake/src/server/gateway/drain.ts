import type { Clock } from '../../core/clock.ts'
import { type Hello, writeDraining } from '../../core/frames/hello.ts'
import { close } from '../../core/pipe.ts'
import { Writer } from '../../wire/writer.ts'
import type { Line } from './line.ts'
import type { Session } from './session.ts'

/** What a drain is given. */
export interface DrainGiven {
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
}

/** One who is there when the drain begins. */
export interface Leaver {
  readonly line: Pick<Line, 'open' | 'close'>
  readonly session: Pick<Session, 'tell'>
}

/**
 * A gateway that takes its leave, as a lame duck does: it lets nobody in, and sends those who are there away one by one,
 * so that the servers they go to are not run over.
 */
export interface Drain {
  /** Gives how many ms who says this HELLO is to wait before it dials again; undefined: it is refused. */
  wait(hello: Hello): number | undefined
  /** Resolves when everybody was sent away, or it was ended. Never rejects. */
  readonly done: Promise<void>
  /** Ends it now. Who is still there is left to whoever ends it. */
  end(): void
}

/**
 * How long who dials anew is told to wait rather than refused, in ms: until balancers have noticed that this server is
 * not ready, and lead the next dial elsewhere. Who still comes after that has nowhere else to go, and should know.
 */
const NOTICED = 5000
/** Who has to wait does so for between one and five seconds: not all at once, and not for long once a server is back. */
const WAIT = { least: 1000, most: 5000 }
/** Sockets are closed in batches, no more often than this, in ms. */
const BEAT = 10

/** Begins a drain: everybody is told, then sent away in random order, evenly over `within` ms. */
export function startDrain({ clock, random }: DrainGiven, leavers: Iterable<Leaver>, within: number): Drain {
  const began = clock.now()
  const { promise, resolve } = Promise.withResolvers<void>()
  const left = shuffled([...leavers], random)
  const w = new Writer(16)
  writeDraining(w, Math.ceil(within))
  const frame = w.take()
  for (const { session } of left) session.tell(frame)
  let callOff = (): void => {}
  /** Waits until the next are due, so that the last one is when the time is over. */
  const next = (): void => {
    // Who left by itself needs no time.
    while (left.length > 0 && !left.at(-1)!.line.open) left.pop()
    if (left.length === 0) return resolve()
    const now = clock.now()
    const apart = Math.max(0, began + within - now) / left.length
    const count = Math.max(1, Math.round(BEAT / Math.max(apart, 0.01)))
    callOff = clock.at(now + apart * Math.min(count, left.length), () => {
      for (const { line } of left.splice(-count)) line.close(close.AGAIN, 'STOPPING')
      next()
    })
  }
  next()
  return {
    wait(hello) {
      // Who has a seat is never refused it: the next server may know it.
      const patient = hello.intent === 'resume' || clock.now() - began < NOTICED
      return patient ? Math.round(WAIT.least + random() * (WAIT.most - WAIT.least)) : undefined
    },
    done: promise,
    end() {
      callOff()
      resolve()
    },
  }
}

/** Shuffles in place (Fisher and Yates). */
function shuffled<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
  return items
}
