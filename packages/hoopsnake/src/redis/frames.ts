import { Refused } from '../core/errors.ts'
import type { Answer } from '../core/requests.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'

// A request is announced on the channel of its topic:
//   str   the end that asks: 32 hexadecimal digits
//   uint  number of the request at that end
// Its answer goes to the channel of that end:
//   uint  number of the request
//   u8    0: answered, the rest are the bytes. 1: refused, then
//   str   code
//   str   message

const LONGEST_CODE = 64
const LONGEST_MESSAGE = 1000

/** Names a request among all ends. */
export interface RequestId {
  readonly end: string
  readonly number: number
}

export function writeRequest({ end, number }: RequestId): Uint8Array {
  const writer = new Writer(64)
  writer.str(end)
  writer.uint(number)
  return writer.take()
}

/** Throws Malformed. */
export function readRequest(bytes: Uint8Array): RequestId {
  const reader = new Reader(bytes)
  const id = { end: reader.str(32), number: reader.uint() }
  reader.end()
  return id
}

export function writeAnswer(number: number, answer: Answer): Uint8Array {
  const writer = new Writer()
  writer.uint(number)
  if (answer instanceof Refused) {
    writer.u8(1)
    writer.str(answer.code.slice(0, LONGEST_CODE))
    writer.str(answer.message.slice(0, LONGEST_MESSAGE))
  } else {
    writer.u8(0)
    writer.raw(answer)
  }
  return writer.take()
}

/** Throws Malformed. */
export function readAnswer(bytes: Uint8Array): { readonly number: number; readonly answer: Answer } {
  const reader = new Reader(bytes)
  const number = reader.uint()
  if (reader.u8() === 0) return { number, answer: reader.raw(reader.left) }
  const answer = new Refused(reader.str(LONGEST_CODE), reader.str(LONGEST_MESSAGE))
  reader.end()
  return { number, answer }
}
