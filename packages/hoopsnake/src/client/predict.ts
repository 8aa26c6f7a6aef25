import { milliseconds } from '../core/clock.ts'
import type { Duration } from '../core/clock.ts'
import { Refused, Unpredictable } from '../core/errors.ts'
import type { AnyProtocol, Data } from '../core/protocol.ts'
import type { Room, Seat } from '../core/rules.ts'
import type { Pending } from './outbox.ts'

/** Ticks that may be predicted, and milliseconds, whichever is more: beyond, a guess is worth less than standing still. */
const MAX_TICKS = 7
const MAX_MS = 250

/** What a prediction starts from. Another `version` is another start. */
export interface Base {
  readonly version: number
  readonly tick: number
  readonly state: Data
  readonly mine: Data
}

/** What is run of the rules of any game; `join` has checked them. */
export interface Predictable {
  tick?(room: Room<AnyProtocol>): void
  readonly inputs?: Readonly<Record<string, (room: Room<AnyProtocol>, seat: Seat, value: unknown) => unknown>>
}

/** Whose prediction it is. */
export interface Predicted {
  readonly protocol: AnyProtocol
  readonly rules: Predictable
  readonly code: string
  readonly seat: number
  /** 0 in a room that ticks on events: there nothing happens between two inputs. */
  readonly hz: number
  /** Told of the first throw in the rules that is a fault. */
  readonly report: (error: unknown) => void
}

/** Runs the rules ahead of the server: from its last state, with the inputs that it has not answered. */
export class Prediction {
  /** The tick predicted. */
  tick = -1
  readonly #of: Predicted
  readonly #room: Room<AnyProtocol>
  readonly #seat: Seat & { mine: Data }
  #state: Data = {}
  #version = -1
  /** The last input applied. */
  #applied = 0
  /** Inputs whose handler threw a refusal: what they wrote is to be undone. */
  readonly #void = new Set<number>()
  /** Set by a fault in the rules: no further until the server says more. */
  #stuck = false
  #reported = false

  constructor(of: Predicted) {
    this.#of = of
    const seat = { id: of.seat, mine: {}, user: undefined, away: false, kick: () => {} }
    this.#seat = seat
    this.#room = createRoom(of, seat, { tick: () => this.tick, state: () => this.#state })
  }

  /** Gives the state predicted for `target`, or the farthest that may be. Ours: changed by the next call. */
  run(base: Base, inputs: readonly Pending[], target: number): Data {
    const goal = Math.min(this.#steady(base, inputs, target), this.reach(base.tick))
    if (base.version !== this.#version) {
      this.#version = base.version
      this.#void.clear()
      this.#rewind(base)
    }
    while (!this.#advance(base.tick, inputs, goal)) this.#rewind(base)
    return this.#state
  }

  /** Gives the farthest tick that may be predicted from the state of one. */
  reach(tick: number): number {
    const { hz } = this.#of
    return hz === 0 ? Infinity : tick + Math.max(MAX_TICKS, Math.ceil((MAX_MS * hz) / 1000))
  }

  /** Keeps what is seen from flickering where an estimate wavers by one tick. */
  #steady(base: Base, inputs: readonly Pending[], target: number): number {
    // An input that was expected in this state, and is not, will be in the next.
    const least = inputs.some(({ aim }) => aim <= base.tick) ? base.tick + 1 : base.tick
    const goal = Math.max(target, least)
    return this.tick - goal === 1 ? this.tick : goal
  }

  #rewind(base: Base): void {
    const { protocol } = this.#of
    this.#state = protocol.state.copy(base.state)
    this.#seat.mine = protocol.mine.copy(base.mine)
    this.tick = base.tick
    this.#applied = 0
    this.#stuck = false
  }

  /** Makes the ticks up to `target`. False when it has to be begun again, without an input. */
  #advance(from: number, inputs: readonly Pending[], target: number): boolean {
    if (this.#of.hz === 0) {
      this.tick = Math.max(from + 1, target)
      return this.#applyAll(inputs, Infinity)
    }
    while (this.tick < target && !this.#stuck) {
      this.tick++
      if (!this.#applyAll(inputs, this.tick)) return false
      if (!this.#stuck) this.#attempt(() => this.#of.rules.tick?.(this.#room))
    }
    return true
  }

  #applyAll(inputs: readonly Pending[], tick: number): boolean {
    for (const input of inputs) {
      if (input.seq <= this.#applied) continue
      if (input.aim > tick || this.#stuck) break
      this.#applied = input.seq
      if (!this.#void.has(input.seq) && !this.#apply(input)) return false
    }
    return true
  }

  #apply({ seq, name, input, value }: Pending): boolean {
    const { protocol, rules } = this.#of
    // A copy: rules may keep it in the state, and it may be applied again.
    const ended = this.#attempt(() =>
      rules.inputs?.[name]?.(this.#room, this.#seat, protocol.inputs[input]!.type.copy(value)),
    )
    if (ended !== 'refused') return true
    this.#void.add(seq)
    return false
  }

  #attempt(handler: () => void): 'refused' | undefined {
    try {
      handler()
    } catch (error) {
      if (error instanceof Unpredictable) return undefined
      if (error instanceof Refused) return 'refused'
      this.#stuck = true
      if (!this.#reported) this.#of.report(error)
      this.#reported = true
    }
    return undefined
  }
}

/** Makes what rules see of a room that is predicted. */
function createRoom(
  { code, hz: rate }: Predicted,
  seat: Seat,
  at: { tick: () => number; state: () => Data },
): Room<AnyProtocol> {
  const unknown = (what: string) => (): never => {
    throw new Unpredictable(`${what} is known to the server alone`)
  }
  const nothing = (): void => {}
  // Ticks on events are numbered by milliseconds.
  const hz = rate || 1000
  return {
    code,
    hz,
    get tick() {
      return at.tick()
    },
    get state() {
      return at.state()
    },
    get hidden() {
      return unknown('room.hidden')()
    },
    seats: new Map([[seat.id, seat]]),
    random: unknown('room.random()'),
    int: unknown('room.int()'),
    after: (span: Duration) => at.tick() + Math.ceil((milliseconds(span) * hz) / 1000),
    send: nothing,
    broadcast: nothing,
    later: nothing,
    publish: nothing,
    close: nothing,
  }
}
