import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { forwards, isLoopback, plainAddress } from './address.ts'

/** Who may read what is for operators: `/metrics`. */
export interface OperatorOptions {
  /**
   * Whoever brings it (`Authorization: Bearer …`) may, from anywhere, and nobody else. At least 16 characters.
   * Default: none; then this machine may, asked directly, by a loopback address.
   */
  readonly token?: string | undefined
}

/** Why a request may not, and what to answer. */
export interface NotForYou {
  readonly status: 401 | 403
  readonly words: string
  readonly headers: Record<string, string>
}

/** Says whether a request may read what is for operators; undefined if it may. */
export type Guard = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => NotForYou | undefined

/** Fewest characters of a token: as many as nobody guesses over a network. */
const LEAST = 16

/** Makes the guard. Throws RangeError on a token that could be guessed. */
export function operatorGuard({ token }: OperatorOptions = {}): Guard {
  if (token === undefined) return (request) => (isAtHome(request) ? undefined : elsewhere)
  if (typeof token !== 'string' || token.length < LEAST) {
    throw new RangeError(
      `operator.token: give at least ${LEAST} characters, e.g. what \`openssl rand -hex 32\` prints`,
    )
  }
  const right = digest(token)
  return ({ headers }) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? []
    // Of digests, because they are equally long: the time it takes says nothing about the token.
    return given !== undefined && timingSafeEqual(digest(given), right) ? undefined : noToken
  }
}

/**
 * Whether a request comes from this machine itself: from a loopback address, by a name of one (so that no page can
 * have a browser here ask for it by a name of its own), and not through a proxy that says so.
 */
function isAtHome({ headers, socket }: Parameters<Guard>[0]): boolean {
  const address = plainAddress(socket.remoteAddress ?? '')
  const host = (headers.host ?? '').replace(/:\d+$/, '')
  return (
    address !== undefined &&
    isLoopback(address) &&
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(host) &&
    !forwards(headers)
  )
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const elsewhere: NotForYou = {
  status: 403,
  words:
    'For operators: ask from this machine by http://localhost, or set `operator.token` and bring it as Authorization: Bearer.',
  headers: {},
}

const noToken: NotForYou = {
  status: 401,
  words: 'For operators: bring the token as Authorization: Bearer.',
  headers: { 'www-authenticate': 'Bearer' },
}
