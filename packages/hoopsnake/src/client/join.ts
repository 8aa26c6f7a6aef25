import { hash } from '../wire/hash.ts'
import { Writer } from '../wire/writer.ts'
import type { Clock } from '../core/clock.ts'
import { Refused } from '../core/errors.ts'
import type { Listing } from '../core/link.ts'
import type { AnyProtocol, JoinOf, OptionsOf } from '../core/protocol.ts'
import type { Rules } from '../core/rules.ts'
import { realClock } from './clock.ts'
import { say } from './codes.ts'
import { absolute, addressOf, webSocket } from './dial.ts'
import type { Dial } from './dial.ts'
import { openGame } from './game.ts'
import { createKeeper } from './keep.ts'
import type { Keeper } from './keep.ts'
import type { Entrance, Setup } from './play.ts'
import type { Predictable } from './predict.ts'
import { chance } from './random.ts'
import type { Game, Watcher } from './types.ts'

/** How a client is run. Everything has a default. */
export interface ClientOptions {
  /** For the server's `auth`: a JWT, a session id. At most 2,048 characters. */
  readonly ticket?: string | undefined
  readonly clock?: Clock | undefined
  /** Chance for waiting times, in [0, 1). */
  readonly random?: (() => number) | undefined
  /** Opens connections. By default over WebSocket. */
  readonly dial?: Dial | undefined
}

export interface PlayOptions<P extends AnyProtocol> extends ClientOptions {
  /** The rules of the game, to predict by. Without them the player sees own inputs when the server has applied them. */
  // oxlint-disable-next-line no-explicit-any -- what `load` answers is the server's matter
  readonly rules?: Rules<P, any> | undefined
  /**
   * Whether a page that is loaded anew comes back to its seat. Kept in sessionStorage. By default in pages only.
   *
   * It comes back if it joins by the same URL and code and asks for the same: with another name it is another player.
   */
  readonly keep?: boolean | undefined
}

export interface JoinOptions<P extends AnyProtocol> extends PlayOptions<P> {
  /** Code of the room; without one, any public room that has a place, or a new one. */
  readonly code?: string | undefined
}

export interface CreateOptions<P extends AnyProtocol> extends PlayOptions<P> {
  /** Whether the room can be joined by its code alone, and is not listed. */
  readonly private?: boolean | undefined
  readonly options?: OptionsOf<P> | undefined
}

export interface WatchOptions extends ClientOptions {
  readonly code?: string | undefined
}

/** Joins a room. Resolves when the first state is there; rejects with Refused, or with Misfit if `ask` does not fit. */
export async function join<P extends AnyProtocol>(
  url: string | URL,
  protocol: P,
  ask: JoinOf<P>,
  options: JoinOptions<P> = {},
): Promise<Game<P>> {
  const wish = write((w) => protocol.join.write(w, protocol.join.copy(ask)))
  const keeper = keeperOf(url, protocol, wish, options.keep)
  const kept = await keeper?.load(options.code || undefined)
  const entrances: Entrance[] = [{ code: options.code ?? '', intent: { intent: 'join', ask: wish } }]
  if (kept !== undefined) entrances.unshift({ code: kept.room, intent: { intent: 'resume', ...kept } })
  return open({
    ...common(url, protocol, options),
    rules: untyped(options.rules),
    entrances,
    keep: keeper?.save,
  })
}

/** Makes a room and joins it; `game.code` is for the others. Rejects like `join`. */
export async function create<P extends AnyProtocol>(
  url: string | URL,
  protocol: P,
  ask: JoinOf<P>,
  options: CreateOptions<P> = {},
): Promise<Game<P>> {
  const wish = write((w) => protocol.join.write(w, protocol.join.copy(ask)))
  const chosen = write((w) => {
    w.u8(options.options === undefined ? 0 : 1)
    if (options.options !== undefined) protocol.options.write(w, protocol.options.copy(options.options))
    w.raw(wish)
  })
  const intent = { intent: 'create', private: options.private ?? false, ask: chosen } as const
  return open({
    ...common(url, protocol, options),
    rules: untyped(options.rules),
    entrances: [{ code: '', intent }],
    keep: keeperOf(url, protocol, wish, options.keep)?.save,
  })
}

/** Watches a room without a seat. Rejects like `join`. */
export async function watch<P extends AnyProtocol>(
  url: string | URL,
  protocol: P,
  options: WatchOptions = {},
): Promise<Watcher<P>> {
  const entrances: Entrance[] = [{ code: options.code ?? '', intent: { intent: 'watch' } }]
  return open<P>({ ...common(url, protocol, options), rules: undefined, entrances, keep: undefined })
}

/** Lists the public rooms, fullest first. Rejects with Refused. */
export async function list(url: string | URL, protocol: AnyProtocol): Promise<Listing[]> {
  const address = absolute(addressOf(url, protocol.name, ''), 'http')
  const answer = await fetch(address).catch(() => undefined)
  if (answer === undefined) throw say('UNREACHABLE')
  const body = (await answer.json().catch(() => ({}))) as Listing[] | { code?: string; message?: string }
  if (Array.isArray(body)) return body
  throw body.code === undefined ? say('UNREACHABLE') : new Refused(body.code, body.message)
}

/** Rules as the machine runs them: any game's. */
function untyped<P extends AnyProtocol>(rules: PlayOptions<P>['rules']): Predictable | undefined {
  return rules as unknown as Predictable | undefined
}

type Opening = Omit<Setup, 'entered' | 'ended'>

function open<P extends AnyProtocol>(opening: Opening): Promise<Game<P>> {
  return new Promise((resolve, reject) => openGame<P>(opening, { entered: resolve, refused: reject }))
}

function common(
  url: string | URL,
  protocol: AnyProtocol,
  { ticket = '', clock = realClock, random = chance, dial = webSocket }: ClientOptions,
): Pick<Setup, 'protocol' | 'ticket' | 'clock' | 'random' | 'dial' | 'address'> {
  return { protocol, ticket, clock, random, dial, address: (code) => addressOf(url, protocol.name, code) }
}

function keeperOf(
  url: string | URL,
  protocol: AnyProtocol,
  wish: Uint8Array,
  keep = typeof document === 'object',
): Keeper | undefined {
  return keep
    ? createKeeper(`hoopsnake ${addressOf(url, protocol.name, '')} ${hash(String(wish))}`)
    : undefined
}

function write(how: (w: Writer) => void): Uint8Array {
  const w = new Writer()
  how(w)
  return w.take()
}
