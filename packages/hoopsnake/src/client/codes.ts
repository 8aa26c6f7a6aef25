import { Refused } from '../core/errors.ts'

/** Why the client itself says no, where a server would say it with the codes of `core/errors.ts`. */
export const clientCodes = {
  UNREACHABLE: 'The server does not answer.',
  AWAY: 'Too many inputs wait for an answer of the server.',
  STALE: 'The connection was lost, and came back too late for this input.',
  LEFT: 'The player left.',
} as const

export function say(code: keyof typeof clientCodes): Refused {
  return new Refused(code, clientCodes[code])
}
