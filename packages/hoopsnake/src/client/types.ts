import type { Refused } from '../core/errors.ts'
import type { AnyProtocol, EventsOf, InputsOf, MineOf, StateOf } from '../core/protocol.ts'
import type { Payload } from '../core/rules.ts'
import type { Status } from './session.ts'

/** A value to look at and not to write: what came from the server is shared by all who look at it. */
export type Frozen<T> = T extends string | number | boolean | bigint | null | undefined
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, Frozen<V>>
    : T extends readonly (infer E)[]
      ? readonly Frozen<E>[]
      : // Trails, grids and types of the game's own look after themselves.
        T extends Iterable<unknown>
        ? T
        : { readonly [K in keyof T]: Frozen<T[K]> }

/** What a game tells by itself, besides the events of its protocol: name → what listeners are given. */
export interface Signals<P extends AnyProtocol = AnyProtocol> {
  /** The connection was lost, is back, or is over. */
  status: [status: Status, reason: Refused | undefined]
  /** A state came and is in place. */
  state: [state: Frozen<StateOf<P>>, tick: number]
  /** A `send` was refused. (An `ask` is told by its promise.) */
  refused: [no: Refused, input: keyof InputsOf<P> & string, value: unknown]
  /** The server will stop, and send everybody away within so many ms: to another one, or to this when it is back. */
  draining: [within: number]
  /** So many events could not be kept while the connection was lost. */
  missed: [count: number]
  /** The room came back from its checkpoint: the last so many ticks that were seen here never were, nor what they told. */
  undone: [ticks: number]
  /** The game is over; nothing comes any more. */
  closed: [reason: Refused]
  /** A predicted rule threw something that is neither refusal nor `Unpredictable`. Without a listener it is thrown. */
  error: [error: unknown]
}

/** The fields of the state that are maps. */
export type MapField<P extends AnyProtocol> = {
  // oxlint-disable-next-line no-explicit-any -- any map will do
  [K in keyof StateOf<P>]: StateOf<P>[K] extends ReadonlyMap<any, any> ? K : never
}[keyof StateOf<P>] &
  string

/** What to do as the entries of a map come, change and go. */
export type Keyed<M> =
  M extends ReadonlyMap<infer K, infer V>
    ? {
        readonly enter?: (key: K, value: Frozen<V>) => void
        readonly update?: (key: K, value: Frozen<V>, old: Frozen<V>) => void
        readonly exit?: (key: K, old: Frozen<V>) => void
      }
    : never

/** What there is to draw at a moment. */
export interface View<S> {
  /** What the others do lies between these two states of the room, at `mix`: 0 is `before`, 1 is `after`. */
  readonly before: Frozen<S>
  readonly after: Frozen<S>
  readonly mix: number
  /** The tick seen there, with a fraction. Never falls. */
  readonly tick: number
  /**
   * What the player does: the room as it will be when what is sent now arrives. Good until the next call.
   *
   * Without rules, and for a watcher, the newest state.
   */
  readonly predicted: Frozen<S>
  /** The tick of `predicted`. */
  readonly predictedTick: number
}

/** Small numbers for an overlay. */
export interface Stats {
  /** Round trip and how much it varies, smoothed, in ms. */
  readonly rtt: number
  readonly jitter: number
  /** Ticks by which the prediction is ahead of the newest state. */
  readonly ahead: number
  /** Inputs without an answer. */
  readonly pending: number
  /** How far `before … after` is behind the room, in ms. */
  readonly delay: number
  /** Bytes of frames, both ways, over all connections. */
  readonly received: number
  readonly sent: number
}

/** A room, seen. */
export interface Watcher<P extends AnyProtocol = AnyProtocol> {
  /** The newest state that the server told. */
  readonly state: Frozen<StateOf<P>>
  /** Its tick. */
  readonly tick: number
  /** The code by which others join. */
  readonly code: string
  /** The player's seat; 0 for a watcher. */
  readonly seat: number
  readonly status: Status
  /** Why it is closed; undefined while it is not. */
  readonly reason: Refused | undefined
  /** Round trip, smoothed, in ms; 0 before the first was measured. */
  readonly rtt: number
  readonly stats: Stats
  /** Calls `listener` for each event of the protocol of that name, once, when the state that caused it is in place. */
  on<K extends keyof EventsOf<P> & string>(
    event: K,
    listener: (value: EventsOf<P>[K], tick: number) => void,
  ): () => void
  /** Calls `listener` for a signal. An event of the protocol of the same name goes first: then use `when`. */
  on<K extends Exclude<keyof Signals<P>, keyof EventsOf<P>>>(
    signal: K,
    listener: (...args: Signals<P>[K]) => void,
  ): () => void
  /** Calls `listener` for a signal, whatever the protocol's events are called. */
  when<K extends keyof Signals<P>>(signal: K, listener: (...args: Signals<P>[K]) => void): () => void
  /** Gives what there is to draw. `now` is what requestAnimationFrame gives; by default, this moment. */
  view(now?: number): View<StateOf<P>>
  /** Calls for each entry of a map of the state: those that are there, then as they come, change and go. */
  each<K extends MapField<P>>(field: K, keyed: Keyed<StateOf<P>[K]>): () => void
  /** Leaves the room for good. Resolves when the server knows, or does not answer. */
  leave(): Promise<void>
}

/** A room, played in. */
export interface Game<P extends AnyProtocol = AnyProtocol> extends Watcher<P> {
  /** What this seat alone sees. */
  readonly mine: Frozen<MineOf<P>>
  /** Sends an input. Throws Misfit, at once, on a value that does not fit; a refusal is told by `refused`. */
  send<K extends keyof InputsOf<P> & string>(input: K, ...value: Payload<InputsOf<P>[K]>): void
  /** Sends an input and gives the answer: null when it was applied, else why not. Throws like `send`. */
  ask<K extends keyof InputsOf<P> & string>(
    input: K,
    ...value: Payload<InputsOf<P>[K]>
  ): Promise<Refused | null>
}
