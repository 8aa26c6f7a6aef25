import type { Clock } from '../../core/clock.ts'
import type { Refused } from '../../core/errors.ts'

/** How an errand ends. */
export type ErrandEnd = 'done' | 'failed' | 'timedOut' | 'cancelled'

/** One job that was asked for, until it is answered. */
export interface Errand {
  readonly call: number
  readonly name: string
  readonly input: Uint8Array
  /** In ms, from `begin` on. */
  readonly timeout: number
  readonly answer: Promise<Uint8Array>
  /** Whether it is not answered yet. */
  readonly pending: boolean
  /** How long it waited for a worker, and ran, so far; in whole ms. */
  readonly waited: number
  readonly ran: number
  /** Notes that a worker begins; from now on time is limited. */
  begin(): void
  /** Answers it; what comes after the first answer does nothing. */
  end(how: 'done', output: Uint8Array): void
  end(how: Exclude<ErrandEnd, 'done'>, no: Refused): void
}

/** Who is told what becomes of an errand. */
interface ErrandHeard {
  readonly ended: (how: ErrandEnd, no?: Refused) => void
  readonly cancelled: () => void
  readonly timedOut: () => void
}

/** Makes an errand; it waits. */
export function createErrand(
  asked: Pick<Errand, 'call' | 'name' | 'input' | 'timeout'> & { readonly signal: AbortSignal | undefined },
  { clock }: { readonly clock: Clock },
  heard: ErrandHeard,
): Errand {
  const { signal, ...facts } = asked
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const asking = clock.now()
  let began: number | undefined
  let pending = true
  let callOff = (): void => {}
  const cancelled = (): void => heard.cancelled()
  signal?.addEventListener('abort', cancelled, { once: true })
  return {
    ...facts,
    answer: promise,
    get pending() {
      return pending
    },
    get waited() {
      return Math.round((began ?? clock.now()) - asking)
    },
    get ran() {
      return began === undefined ? 0 : Math.round(clock.now() - began)
    },
    begin() {
      began = clock.now()
      callOff = clock.at(began + facts.timeout, () => heard.timedOut())
    },
    end(how: ErrandEnd, answer: Uint8Array | Refused) {
      if (!pending) return
      pending = false
      callOff()
      signal?.removeEventListener('abort', cancelled)
      if (answer instanceof Uint8Array) resolve(answer)
      else reject(answer)
      heard.ended(how, answer instanceof Uint8Array ? undefined : answer)
    },
  }
}
