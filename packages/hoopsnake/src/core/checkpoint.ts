/*
 * A room at rest, as bytes.
 *
 * envelope  u8 version · u32 schema hash · str code · u8 private · uint epoch · uint tick · 4 × u32 chance · uint next seat ·
 *           state · hidden · uint seats · (seat)* · unheard · u32 CRC-32 of all before
 * seat      uint id · str digest · str user (JSON, '' for none) · uint taken · u8 away · mine
 *
 * Taken at a flush, when the inbox is empty: what was not consumed by then, clients send again, since `taken` goes back
 * to what was acknowledged. Slow work that is under way is not kept. `digest` is of the secret in the player's token: who
 * reads a checkpoint cannot take a seat with it.
 */
import { Malformed } from '../wire/errors.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import { crc32 } from './crc32.ts'
import type { Kept, Machine } from './machine.ts'
import type { AnyProtocol } from './protocol.ts'
import { SeatRecord } from './seats.ts'
import type { Unheard } from './unheard.ts'
import { readUnheard, writeUnheard } from './unheard.ts'

const VERSION = 3
/** Bytes of the sum at the end. */
const SUM = 4
const MAX_USER = 65_536

/** What a checkpoint holds. */
export interface Checkpoint {
  readonly code: string
  readonly private: boolean
  /** The epoch that was saved; the room that begins from it has the next one. */
  readonly epoch: number
  readonly tick: number
  readonly chance: readonly [number, number, number, number]
  readonly nextSeat: number
  readonly kept: Kept
  readonly unheard: Unheard
}

/** Writes a room as of its last flush. */
export function writeCheckpoint(
  machine: Machine,
  facts: Pick<Checkpoint, 'private' | 'nextSeat' | 'unheard'>,
): Uint8Array {
  const { protocol } = machine
  const w = new Writer(1024)
  w.u8(VERSION)
  w.u32(protocol.hash)
  w.str(machine.code)
  w.u8(facts.private ? 1 : 0)
  w.uint(machine.epoch)
  w.uint(machine.tick)
  for (const word of machine.random.state) w.u32(word)
  w.uint(facts.nextSeat)
  protocol.state.write(w, machine.state)
  protocol.hidden.write(w, machine.hidden)
  w.uint(machine.seats.size)
  for (const seat of machine.seats.values()) {
    w.uint(seat.id)
    w.str(seat.digest)
    w.str(userText(seat))
    w.uint(seat.acked)
    w.u8(seat.away ? 1 : 0)
    protocol.mine.write(w, seat.mine)
  }
  writeUnheard(w, facts.unheard, machine.tick)
  w.u32(crc32(w.take()))
  return w.take()
}

/** Writes what `auth` answered, '' for nothing. Throws where it could not be read again. */
function userText({ id, user }: SeatRecord): string {
  if (user === undefined) return ''
  const text = JSON.stringify(user)
  if (text.length > MAX_USER)
    throw new RangeError(`the user of seat ${id} takes ${text.length} characters; ${MAX_USER} can be kept`)
  return text
}

/** Reads a checkpoint. Throws Malformed on anything else, on one that was damaged, and on one of another schema. */
export function readCheckpoint(
  bytes: Uint8Array,
  protocol: AnyProtocol,
  kick: (id: number, reason: string) => void,
): Checkpoint {
  const version = bytes[0] ?? 0
  if (version !== VERSION) throw new Malformed(`a checkpoint of version ${version} where ${VERSION} is due`)
  const r = new Reader(undamaged(bytes))
  r.u8()
  if (r.u32() !== protocol.hash) throw new Malformed('a checkpoint of another version of this game')
  const head = { code: r.str(32), private: r.u8() === 1, epoch: r.uint(), tick: r.uint() }
  const chance = [r.u32(), r.u32(), r.u32(), r.u32()] as const
  const nextSeat = r.uint()
  const state = protocol.state.read(r)
  const hidden = protocol.hidden.read(r)
  const seats: SeatRecord[] = []
  for (let left = r.count(10_000, 4); left > 0; left--) {
    const [id, digest, user] = [r.uint(), r.str(512), r.str(MAX_USER)]
    const seat = new SeatRecord({ id, digest, user: user === '' ? undefined : JSON.parse(user) }, kick)
    seat.taken = seat.acked = seat.told = r.uint()
    seat.away = r.u8() === 1
    seat.mine = protocol.mine.read(r)
    seats.push(seat)
  }
  const unheard = readUnheard(r, head.tick)
  r.end()
  return { ...head, chance, nextSeat, unheard, kept: { state, hidden, seats } }
}

/** Gives the bytes without their sum. Throws Malformed where that is not theirs. */
function undamaged(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - SUM
  const damaged = new Malformed('a checkpoint that was damaged: its checksum is another')
  if (end < 1) throw damaged
  const sum = new Reader(bytes.subarray(end)).u32()
  if (crc32(bytes.subarray(0, end)) !== sum) throw damaged
  return bytes.subarray(0, end)
}
