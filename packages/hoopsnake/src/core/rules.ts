import type { Bus } from './bus.ts'
import type { Duration } from './clock.ts'
import type { Jobs } from './jobs.ts'
import type {
  AnyProtocol,
  Data,
  EventsOf,
  HiddenOf,
  InputsOf,
  JoinOf,
  MessagesOf,
  MineOf,
  OptionsOf,
  ResultsOf,
  StateOf,
} from './protocol.ts'
import type { Store } from './store.ts'

/**
 * Everything that writes state. The server runs it as truth, the browser as prediction.
 *
 * A handler may return {@link Refused} (see `refuse`): its sender is told, nothing else happens. What a handler
 * returns otherwise is ignored; a promise does not compile ({@link Synchronous}).
 *
 * L is what `load` (see RoomOptions) answered.
 */
export type Rules<P extends AnyProtocol, L = undefined> = {
  /** Makes the state of a new room. `options` are what the creator chose, if somebody created it. */
  create(room: Room<P>, given: Given<P, L>): StateOf<P>
  /** Lets a new seat in. Return a refusal to turn it away. */
  join?(room: Room<P>, seat: Seat<P>, ask: JoinOf<P>): Synchronous
  /** Says that a seat is given up: its player left, or did not come back in time. */
  leave?(room: Room<P>, seat: Seat<P>): Synchronous
  /** Says that the connection of a seat was lost. The seat is held. */
  away?(room: Room<P>, seat: Seat<P>): Synchronous
  /** Says that the player of a held seat is back. */
  back?(room: Room<P>, seat: Seat<P>): Synchronous
  /** Says, before a tick, that ticks before it were left out or put off because the server was late. */
  late?(room: Room<P>, late: LateTicks): Synchronous
  /** Moves the room on by one tick. */
  tick?(room: Room<P>): Synchronous
} & Handlers<
  'inputs',
  { [K in keyof InputsOf<P>]: (room: Room<P>, seat: Seat<P>, value: InputsOf<P>[K]) => Synchronous }
> &
  Handlers<
    'results',
    { [K in keyof ResultsOf<P>]: (room: Room<P>, outcome: Outcome<ResultsOf<P>[K]>) => Synchronous }
  > &
  Handlers<
    'messages',
    { [K in keyof MessagesOf<P>]: (room: Room<P>, value: MessagesOf<P>[K]) => Synchronous }
  > &
  Scoped<'mine', MineOf<P>, (room: Room<P>, seat: Seat<P>) => MineOf<P>> &
  Scoped<'hidden', HiddenOf<P>, (room: Room<P>, given: Given<P, L>) => HiddenOf<P>>

/**
 * What a handler may return: anything but a promise. What comes after an `await` would be no part of the tick; slow
 * work goes through `room.later`.
 */
export type Synchronous =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | undefined
  | null
  | void
  | (object & { readonly then?: 'rules are synchronous: start slow work by room.later(…)' })

/** Rules as the machine runs them, whatever the game: `protocol.room` has checked them. */
export interface AnyRules {
  create(room: Room<AnyProtocol>, given: Given<AnyProtocol, unknown>): Data
  join?(room: Room<AnyProtocol>, seat: Seat, ask: unknown): unknown
  leave?(room: Room<AnyProtocol>, seat: Seat): void
  away?(room: Room<AnyProtocol>, seat: Seat): void
  back?(room: Room<AnyProtocol>, seat: Seat): void
  late?(room: Room<AnyProtocol>, late: LateTicks): void
  tick?(room: Room<AnyProtocol>): void
  mine?(room: Room<AnyProtocol>, seat: Seat): Data
  hidden?(room: Room<AnyProtocol>, given: Given<AnyProtocol, unknown>): Data
  readonly inputs?: Readonly<Record<string, (room: Room<AnyProtocol>, seat: Seat, value: unknown) => unknown>>
  readonly results?: Readonly<Record<string, (room: Room<AnyProtocol>, outcome: Outcome<unknown>) => void>>
  readonly messages?: Readonly<Record<string, (room: Room<AnyProtocol>, value: unknown) => void>>
}

/** Handlers that are due if, and only if, the protocol names something to handle. */
type Handlers<K extends string, H> = keyof H extends never ? { [_ in K]?: H } : { [_ in K]: H }

/** A maker of a private scope, due if the protocol has that scope. `mine` and `hidden` are made before `create` and `join` run. */
type Scoped<K extends string, V, F> = keyof V extends never ? { [_ in K]?: F } : { [_ in K]: F }

/** What a new room is made from. */
export interface Given<P extends AnyProtocol, L = undefined> {
  /** What the creator chose; undefined for a room that was opened by a join. */
  readonly options: OptionsOf<P> | undefined
  /** What `load` answered. */
  readonly loaded: L
}

/** Ticks that were due and not made, by the room's `late` policy. */
export interface LateTicks {
  /** Left out for good. */
  readonly skipped: number
  /** Put off: the room's time stood still for so long. */
  readonly dilated: number
}

/** How slow work ended. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** A room as its rules see it. The same on the server and, while predicting, in the browser. */
export interface Room<P extends AnyProtocol> {
  /** The code by which others join. */
  readonly code: string
  /** The number of the tick being made; 0 in `create`. */
  readonly tick: number
  /** Ticks per second; 1000 in a room that ticks on events, whose ticks are milliseconds. */
  readonly hz: number
  /** What everybody sees: plain data, to be written freely. */
  readonly state: StateOf<P>
  /** What nobody sees. Not there while predicting: asking for it ends the prediction of the handler. */
  readonly hidden: HiddenOf<P>
  /** The seats that are taken, in the order of joining. While predicting, the player's own alone. */
  readonly seats: ReadonlyMap<number, Seat<P>>
  /** A number in [0, 1). Not there while predicting: put what depends on chance last in a handler. */
  random(): number
  /** An integer in [0, below), from the same source as `random`. */
  int(below: number): number
  /** The tick by which `span` will have passed. Keep it in a field of the state and compare it with `tick`. */
  after(span: Duration): number
  /** Tells one seat, once. Does nothing while predicting. */
  send<K extends keyof EventsOf<P> & string>(seat: Seat<P>, event: K, ...value: Payload<EventsOf<P>[K]>): void
  /** Tells everybody, once. Does nothing while predicting. */
  broadcast<K extends keyof EventsOf<P> & string>(event: K, ...value: Payload<EventsOf<P>[K]>): void
  /**
   * Starts slow work once this tick is made. Its answer comes back through the inbox, to `results[result]`.
   * Does nothing while predicting.
   */
  later<K extends keyof ResultsOf<P> & string>(
    work: (services: Services) => Promise<ResultsOf<P>[K]>,
    result: K,
  ): void
  /**
   * Tells every room of this game, on every server that shares the bus, this one too; once this tick is made, and at
   * most once. It comes through their inbox, to `messages[message]`. Does nothing while predicting.
   */
  publish<K extends keyof MessagesOf<P> & string>(message: K, ...value: Payload<MessagesOf<P>[K]>): void
  /** Closes the room once this tick is made; everybody is told `ROOM_CLOSED`. Does nothing while predicting. */
  close(reason?: string): void
}

/** A value that may be left out where there is none. */
export type Payload<T> = [T] extends [undefined] ? [value?: undefined] : [value: T]

/** A player's place in a room. It outlives the player's connection. */
export interface Seat<P extends AnyProtocol = AnyProtocol> {
  /** Rises from 1 and is never used again. */
  readonly id: number
  /** What this seat alone sees: plain data, to be written freely. */
  readonly mine: MineOf<P>
  /** What `auth` answered for this player; undefined without `auth`, and while predicting. */
  readonly user: unknown
  /** Whether the connection is lost and the seat is held. */
  readonly away: boolean
  /** Closes the seat once this tick is made; its player is told `KICKED` with the reason. */
  kick(reason: string): void
}

/** What slow work may use. */
export interface Services {
  readonly store: Store
  readonly bus: Pick<Bus, 'publish' | 'request'>
  /** Heavy work, elsewhere. Called off when the room closes. */
  readonly jobs: Jobs
  /** Aborted when the room closes. */
  readonly signal: AbortSignal
}
