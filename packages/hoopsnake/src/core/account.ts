import type { OwnEffects } from './effects.ts'
import type { Refusal, Stamp } from './frames/tick.ts'

/** A flush that is over. */
export interface Flush {
  readonly tick: number
  /** When it was, in ms. */
  readonly at: number
  /** Index of the first event after it. */
  readonly end: number
}

/** What one client alone was told with a tick of a life. */
export interface Sent extends Stamp {
  readonly own: OwnEffects
}

/** What a client was told: whoever comes back to its seat is told the rest. */
export interface Account {
  /** The newest tick that the client said it has. */
  had: number
  /** Index of the first event for everybody that it was not sent. */
  seen: number
  /** Once the connection is lost: the flushes that it may have been sent in vain. */
  last: readonly Flush[]
  /**
   * What it alone was told and has not confirmed, oldest first. Of lives before, that may be what was never sent. An
   * empty one may be that of many: replace it.
   */
  sent: Sent[]
  /** What it alone is to be told and was not sent yet; undefined: nothing. */
  owed: OwnEffects | undefined
}

/** Events for one client alone, and refusals, that are kept until it can be sent them. */
const MAX_OWED = 1000

/** Flushes with something for one client alone that it may leave unconfirmed: at 1000 Hz, those of four seconds. */
const MAX_SENT = 4000

/** Says whether a client has been told more than is kept for it, and confirms nothing though it speaks. */
export function neverConfirms({ owed, sent }: Account): boolean {
  return sent.length > MAX_SENT || (owed !== undefined && owed.refusals.length > MAX_OWED)
}

/**
 * Notes what a client alone is to be told; `own` is the client's from now on. Beyond MAX_OWED events the oldest are
 * missed, and it is told how many.
 */
export function owe(client: Account, own: OwnEffects): void {
  const owed = (client.owed ??= own)
  if (owed !== own) {
    // One by one: there may be more than a call can have arguments.
    for (const telling of own.tellings) owed.tellings.push(telling)
    for (const refusal of own.refusals) owed.refusals.push(refusal)
    owed.missed += own.missed
  }
  const over = owed.tellings.length - MAX_OWED
  if (over <= 0) return
  owed.tellings.splice(0, over)
  owed.missed += over
}

/** Notes that a client was sent all that it is owed, with a tick. */
export function settle(client: Account, stamp: Stamp): void {
  const own = client.owed
  client.owed = undefined
  // How far its inputs were taken, WELCOME tells anyway.
  if (own === undefined || (own.tellings.length === 0 && own.refusals.length === 0 && own.missed === 0))
    return
  const sent = { ...stamp, own }
  if (client.sent.length === 0) client.sent = [sent]
  else client.sent.push(sent)
}

/** Leaves out the events that came with a state which is there. */
export function later(own: OwnEffects, tick: number): OwnEffects {
  return { ...own, tellings: own.tellings.filter((telling) => telling.tick > tick) }
}

/** Forgets what a client was told up to `tick`: it has confirmed that. */
export function forget(client: Account, tick: number): void {
  client.had = Math.max(client.had, tick)
  while (client.sent.length > 0 && client.sent[0]!.tick <= tick) client.sent.shift()
}

/** Gives the refusals that a client has not confirmed. */
export function refusalsOf({ sent, owed }: Account): Refusal[] {
  return [...sent.map(({ own }) => own), owed].flatMap((own) => own?.refusals ?? [])
}
