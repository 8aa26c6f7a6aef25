import { Refused } from './errors.ts'

/** Why a bus says no, as a Refused: to `request`, and with TOO_LARGE to `publish`. */
export const busCodes = {
  NO_ANSWER: 'Nobody answered the request.',
  BUS_DOWN: 'The bus has no connection; the request may or may not have been served.',
  BUS_FULL: 'Too many requests are under way; try again in a moment.',
  ANSWER_FAILED: 'The one who was to answer failed.',
  TOO_LARGE: 'A message of the bus has at most 1 MiB.',
} as const

/** Makes a refusal of the bus. */
export function no(code: keyof typeof busCodes, message: string = busCodes[code]): Refused {
  return new Refused(code, message)
}

const LONGEST_TOPIC = 200
const LARGEST_MESSAGE = 1 << 20

/** Throws TypeError on what cannot be a topic. */
export function checkTopic(topic: string): void {
  const good =
    typeof topic === 'string' &&
    topic.length > 0 &&
    topic.length <= LONGEST_TOPIC &&
    topic.isWellFormed() &&
    !/\p{Cc}/u.test(topic)
  if (good) return
  const shown = typeof topic === 'string' ? JSON.stringify(topic.slice(0, LONGEST_TOPIC)) : String(topic)
  throw new TypeError(
    `${shown} is not a topic; give 1 … ${LONGEST_TOPIC} characters, none of them a control character, e.g. 'chat/lobby'`,
  )
}

/** Throws TypeError on what is no bytes, and Refused on too many. */
export function checkMessage(message: Uint8Array): void {
  if (!(message instanceof Uint8Array)) {
    throw new TypeError('a message of the bus is bytes; give a Uint8Array, e.g. of a TextEncoder')
  }
  if (message.length > LARGEST_MESSAGE) {
    const what = `a message of ${message.length} bytes; the bus carries at most ${LARGEST_MESSAGE} (1 MiB)`
    throw no('TOO_LARGE', `${what}: send it in parts, or put it into the store and send its key`)
  }
}
