import { refuse } from './errors.ts'
import type { Up } from './frames/play.ts'
import type { Guest } from './guest.ts'
import type { Inbox, Input } from './inbox.ts'
import type { SeatRecord } from './seats.ts'
import { MAX_WAITING } from './seats.ts'

/**
 * Takes an input of a seat: once, in order, and not faster than its bucket allows.
 *
 * What comes too fast waits with the guest. Throws Refused, to close the connection, when too much waits or an input
 * is missing before this one.
 */
export function takeInput(
  guest: Guest,
  seat: SeatRecord,
  up: Up & { kind: 'input' },
  into: { inbox: Inbox; now: number },
): void {
  const { seq, input, value } = up
  // Sent again after a reconnect, though it had arrived.
  if (seq <= seat.taken) return
  if (seq !== seat.taken + 1) {
    if (guest.first === 'due') return
    if (guest.first === undefined) throw refuse('OUT_OF_ORDER')
  }
  guest.first = undefined
  seat.taken = seq
  const failed = seq <= seat.spoiled ? refuse('INPUT_FAILED') : undefined
  const entry: Input = { kind: 'input', seat: seat.id, seq, input, value, failed }
  if (guest.waiting.length === 0 && mayEnter(guest, into)) return void into.inbox.put(entry)
  guest.waiting.push(entry)
  releaseInputs(guest, into)
  if (guest.waiting.length > MAX_WAITING) throw refuse('FLOOD')
}

/** Takes back what waits with a guest whose connection is over: its client sends that again when it is back. */
export function giveBack({ waiting }: Guest, seat: SeatRecord): void {
  if (waiting.length > 0) seat.taken = waiting[0]!.seq - 1
  waiting.length = 0
}

/** Lets in what waits with a guest, oldest first, as far as its bucket and the inbox have room. */
export function releaseInputs(guest: Guest, into: { inbox: Inbox; now: number }): void {
  const { waiting } = guest
  while (waiting.length > 0 && mayEnter(guest, into)) into.inbox.put(waiting.shift()!)
}

function mayEnter({ bucket }: Guest, { inbox, now }: { inbox: Inbox; now: number }): boolean {
  return !inbox.full && bucket.take(now)
}
