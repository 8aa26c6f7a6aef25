/* The load of a bench, seen from the bench: a process of its own, on another core than the server. */
import { once } from 'node:events'
import { startProgram } from '../measure/program.ts'
import type { Ask, Count } from './crowd.ts'
import type { StallAsk, StallCount } from './stall.ts'
import type { StormAsk, StormCount } from './storm.ts'

/** How busy the load may be, as a share of its core: busier, and it measures itself. */
export const MOST_LOAD = 0.8

export type Order =
  | { readonly do: 'join'; readonly ask: Ask }
  | { readonly do: 'turn'; readonly every: number }
  | { readonly do: 'measure'; readonly pid: number; readonly ms: number }
  | { readonly do: 'leave' }
  | { readonly do: 'storm'; readonly ask: StormAsk }
  | { readonly do: 'stall'; readonly ask: StallAsk }

export interface Answer {
  readonly value?: Window | StormCount | StallCount | void
  readonly error?: string
}

/** What was counted in a stretch of time. */
export interface Window extends Count {
  /** CPU time of the server, in ms. */
  readonly cpu: number
  /** How long it was, in ms. */
  readonly ms: number
  /** Share of a core that the load itself used. */
  readonly load: number
}

export interface Load {
  /** Lets players in, beside those who are there; they play until they leave. Counted are those that came last. */
  join(ask: Ask): Promise<void>
  /** Makes each of those who came last turn every so many ms from now on; 0: never. */
  turn(every: number): Promise<void>
  /** Counts for so many ms; `pid` is the server's. */
  measure(pid: number, ms: number): Promise<Window>
  /** Lets all leave. */
  leave(): Promise<void>
  /** Lets a storm of joins come and go. */
  storm(ask: StormAsk): Promise<StormCount>
  /** Lets some of many clients stand still for a while. */
  stall(ask: StallAsk): Promise<StallCount>
  stop(): Promise<void>
}

/** Starts the process. */
export function startLoad(): Load {
  const program = startProgram('load', ['bench/load/main.ts'], { ipc: true })
  const { child } = program
  const ended = once(child, 'exit').then((): Answer => ({ error: 'the load ended' }))
  const order = async (what: Order): Promise<Answer['value']> => {
    child.send(what)
    const answered = once(child, 'message').then(([answer]) => answer as Answer)
    const answer = await Promise.race([answered, ended])
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer.value
  }
  return {
    join: (ask) => order({ do: 'join', ask }) as Promise<void>,
    turn: (every) => order({ do: 'turn', every }) as Promise<void>,
    measure: (pid, ms) => order({ do: 'measure', pid, ms }) as Promise<Window>,
    leave: () => order({ do: 'leave' }) as Promise<void>,
    storm: (ask) => order({ do: 'storm', ask }) as Promise<StormCount>,
    stall: (ask) => order({ do: 'stall', ask }) as Promise<StallCount>,
    stop: () => program.stop(),
  }
}
