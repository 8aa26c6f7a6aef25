import { hash } from '../wire/hash.ts'
import { struct } from '../wire/struct.ts'
import type { Fields, Shape, Type, Value } from '../wire/type.ts'
import type { RoomKind, RoomOptions } from './kind.ts'
import type { AnyRules, Rules } from './rules.ts'

/** What a protocol is made of. Scopes that are left out are empty. */
export interface Spec {
  /** What a joiner brings. */
  readonly join?: Fields
  /** What the creator of a room may choose. */
  readonly options?: Fields
  /** What everybody in the room sees. */
  readonly state: Fields
  /** What one seat alone sees. */
  readonly mine?: Fields
  /** What nobody sees; kept in checkpoints. */
  readonly hidden?: Fields
  /** Browser → room, by name. */
  readonly inputs?: Fields
  /** Room → browser, by name; each is delivered once, with its tick. */
  readonly events?: Fields
  /** Answers of slow work, by name; they enter through the inbox. */
  readonly results?: Fields
  /** From room to room over the bus, by name; they enter through the inbox of every room of the game. */
  readonly messages?: Fields
}

type Scope<S extends Spec, K extends keyof Spec> = S[K] extends Fields ? S[K] : {}

/** The contract both ends import: its name, its version and its types. */
export interface Protocol<S extends Spec = Spec> {
  readonly name: string
  readonly version: number
  /** Compared at the handshake; a page built for another schema is told to reload. */
  readonly hash: number
  readonly spec: S
  readonly join: Type<Shape<Scope<S, 'join'>>>
  readonly options: Type<Shape<Scope<S, 'options'>>>
  readonly state: Type<Shape<Scope<S, 'state'>>>
  readonly mine: Type<Shape<Scope<S, 'mine'>>>
  readonly hidden: Type<Shape<Scope<S, 'hidden'>>>
  /** In the order of declaration, which is their number on the wire. */
  readonly inputs: readonly Named[]
  readonly events: readonly Named[]
  readonly results: readonly Named[]
  readonly messages: readonly Named[]
  /** Makes a kind of room: the rules, and how the server runs them. */
  room<L = undefined>(
    rules: Rules<Protocol<S>, L>,
    ...options: OptionsFor<Protocol<S>, L>
  ): RoomKind<Protocol<S>>
}

/** The options of a room; due where rules want what only `load` can give them. */
type OptionsFor<P extends AnyProtocol, L> = undefined extends L
  ? [options?: RoomOptions<P, L>]
  : [options: RoomOptions<P, L> & Required<Pick<RoomOptions<P, L>, 'load'>>]

/** A type with the name it has in the protocol. */
export interface Named {
  readonly name: string
  readonly type: Type<unknown>
}

// oxlint-disable-next-line no-explicit-any -- a bound that every protocol meets; `Protocol<Spec>` is invariant in its types
export type AnyProtocol = Protocol<any>

/** Plain data of some scope of some protocol, where the machine handles it without knowing which. */
export type Data = Value<AnyProtocol['state']>

export type StateOf<P extends AnyProtocol> = Value<P['state']>
export type MineOf<P extends AnyProtocol> = Value<P['mine']>
export type HiddenOf<P extends AnyProtocol> = Value<P['hidden']>
export type JoinOf<P extends AnyProtocol> = Value<P['join']>
export type OptionsOf<P extends AnyProtocol> = Value<P['options']>
export type InputsOf<P extends AnyProtocol> = Shape<Scope<P['spec'], 'inputs'>>
export type EventsOf<P extends AnyProtocol> = Shape<Scope<P['spec'], 'events'>>
export type ResultsOf<P extends AnyProtocol> = Shape<Scope<P['spec'], 'results'>>
export type MessagesOf<P extends AnyProtocol> = Shape<Scope<P['spec'], 'messages'>>

/**
 * Declares a protocol. `version` is yours: raise it when the meaning changes though the types do not.
 *
 * Throws TypeError on a bad name (`[a-z][a-z0-9-]*`, at most 32 characters) or on more than 255 inputs or events.
 */
export function protocol<const S extends Spec>(name: string, version: number, spec: S): Protocol<S> {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
    throw new TypeError(
      `'${name}' cannot name a protocol: use a–z, 0–9 and '-', beginning with a letter, e.g. 'snake'`,
    )
  }
  const scopes = {
    join: struct(spec.join ?? {}),
    options: struct(spec.options ?? {}),
    state: struct(spec.state),
    mine: struct(spec.mine ?? {}),
    hidden: struct(spec.hidden ?? {}),
  }
  const lists = {
    inputs: named(spec.inputs),
    events: named(spec.events),
    results: named(spec.results),
    messages: named(spec.messages),
  }
  const schema = [
    name,
    version,
    ...Object.values(scopes).map((type) => type.schema),
    ...Object.values(lists).map(describe),
  ]
  const made: Protocol<S> = {
    name,
    version,
    spec,
    hash: hash(schema.join('\n')),
    ...(scopes as Pick<Protocol<S>, keyof typeof scopes>),
    ...lists,
    room: (rules, ...[options = {}]) => ({
      protocol: made,
      rules: rules as AnyRules,
      options: options as RoomOptions<AnyProtocol, unknown>,
    }),
  }
  return made
}

function named(fields: Fields = {}): Named[] {
  const list = Object.entries(fields).map(([name, type]) => ({ name, type }))
  if (list.length > 255) throw new TypeError(`${list.length} names where at most 255 fit`)
  return list
}

function describe(list: readonly Named[]): string {
  return list.map(({ name, type }) => `${name}:${type.schema}`).join(',')
}

/** Gives the topic by which a message of a protocol goes over the bus. Another version of the game does not hear it. */
export function topicOf(protocol: AnyProtocol, message: string): string {
  return `hoopsnake/${protocol.name}/${protocol.hash}/${message}`
}
