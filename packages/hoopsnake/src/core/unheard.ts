/*
 * What happened in a room and its players may not have heard of yet, as a checkpoint keeps it.
 *
 * unheard   uint count · (life)* · uint count · (event)* · uint count · (account)*
 * life      uint epoch · uint tick at which it began
 * event     uint ticks ago · uint place · u8 event · uint length · payload
 * account   uint seat · uint ticks ago of the newest tick it has · uint events that it has not and are not kept ·
 *           uint count · (own)*
 * own       uint epoch · uint 1 + ticks ago when it was sent, or 0: not yet · uint count · (refusal)* · uint count · (event)* ·
 *           uint missed
 *
 * All are oldest first; ticks are counted back from the one of the checkpoint.
 */
import type { Reader } from '../wire/reader.ts'
import type { Writer } from '../wire/writer.ts'
import type { Account, Sent } from './account.ts'
import type { Telling } from './frames/tick.ts'
import { readRefusals, writeRefusals } from './frames/tick.ts'

/** One life of a room, from its opening to its end. */
export interface Life {
  readonly epoch: number
  /** The tick at which it began. */
  readonly tick: number
}

/** What a life of a room leaves to the next one. */
export interface Unheard {
  /** The lives so far, oldest first; the last one is its own. */
  readonly lives: readonly Life[]
  /** Events for everybody that some seat may not have, oldest first. */
  readonly tellings: readonly Telling[]
  /** By seat. Indices count from the first of `tellings`; what is before those is not kept. */
  readonly accounts: ReadonlyMap<number, Account>
}

/** Lives that are remembered; who was last here in one before those is taken for one of the oldest. */
const MAX_LIVES = 16

/** Says that nothing happened yet: of a room that is new. */
export function nothingUnheard({ epoch, tick }: Life): Unheard {
  return { lives: [{ epoch, tick }], tellings: [], accounts: new Map() }
}

/** Gives what is left to a life that begins now. */
export function leftTo({ epoch, tick }: Life, { lives, tellings, accounts }: Unheard): Unheard {
  return { lives: [...lives, { epoch, tick }].slice(-MAX_LIVES), tellings, accounts }
}

/** Writes it as of a tick. */
export function writeUnheard(w: Writer, { lives, tellings, accounts }: Unheard, tick: number): void {
  w.uint(lives.length)
  for (const life of lives) {
    w.uint(life.epoch)
    w.uint(life.tick)
  }
  writeTellings(w, tellings, tick)
  w.uint(accounts.size)
  for (const [seat, { had, seen, sent, owed }] of accounts) {
    w.uint(seat)
    w.uint(tick - had)
    w.uint(Math.max(0, -seen))
    const { epoch } = lives.at(-1)!
    const owns = owed === undefined ? sent : [...sent, { epoch, tick: tick + 1, own: owed }]
    w.uint(owns.length)
    for (const one of owns) writeSent(w, one, tick)
  }
}

export function readUnheard(r: Reader, tick: number): Unheard {
  const lives: Life[] = []
  for (let left = r.count(MAX_LIVES, 2); left > 0; left--) lives.push({ epoch: r.uint(), tick: r.uint() })
  const tellings = readTellings(r, tick)
  const accounts = new Map<number, Account>()
  for (let left = r.count(10_000, 4); left > 0; left--) {
    const seat = r.uint()
    const account: Account = { had: tick - r.uint(), seen: 0 - r.uint(), last: [], sent: [], owed: undefined }
    for (let owns = r.count(10_000, 5); owns > 0; owns--) account.sent.push(readSent(r, tick))
    accounts.set(seat, account)
  }
  return { lives, tellings, accounts }
}

function writeSent(w: Writer, { epoch, tick: at, own }: Sent, tick: number): void {
  w.uint(epoch)
  w.uint(tick + 1 - at)
  writeRefusals(w, own.refusals)
  writeTellings(w, own.tellings, tick)
  w.uint(own.missed)
}

function readSent(r: Reader, tick: number): Sent {
  const stamp = { epoch: r.uint(), tick: tick + 1 - r.uint() }
  const own = { refusals: readRefusals(r), tellings: readTellings(r, tick), missed: r.uint() }
  return { ...stamp, own }
}

function writeTellings(w: Writer, tellings: readonly Telling[], tick: number): void {
  w.uint(tellings.length)
  for (const { tick: at, place, event, payload } of tellings) {
    w.uint(tick - at)
    w.uint(place)
    w.u8(event)
    w.uint(payload.length)
    w.raw(payload)
  }
}

function readTellings(r: Reader, tick: number): Telling[] {
  const tellings: Telling[] = []
  for (let left = r.count(0xfffff, 4); left > 0; left--) {
    const [at, place, event] = [tick - r.uint(), r.uint(), r.u8()]
    tellings.push({ tick: at, place, event, payload: r.raw(r.uint()) })
  }
  return tellings
}
