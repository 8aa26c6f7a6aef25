import { bytes, protocol, uint } from 'hoopsnake'

/** What is told to everybody: how long each message is. */
export const MESSAGES = { bytes: 64 } as const

/** The smallest room that tells something. */
export const beat = protocol('beat', 1, {
  state: { beats: uint },
  events: { said: bytes(MESSAGES.bytes) },
})
