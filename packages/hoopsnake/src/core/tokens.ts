/*
 * What brings a player back to a seat.
 *
 * token      seat . secret . expiry . signature
 *   seat       its id, decimal
 *   secret     128 random bits of this seat, 32 hex digits
 *   expiry     seconds since 1970, decimal
 *   signature  HMAC-SHA-256, base64url without padding, of: hoopsnake token LF protocol LF room LF seat . secret . expiry
 *
 * The signature is looked at first, so that nobody who guesses costs more than that. The room keeps a digest of the
 * secret alone: neither its checkpoint nor the signing key is enough to make a token.
 */
import { refuse } from './errors.ts'

/** What makes tokens trustworthy. Given: the core has no cryptography and no calendar of its own. */
export interface Seal {
  /** Signs a text with the newest key. */
  sign(text: string): string
  /** Says whether one of the keys signed a text. A wrong signature takes as long as a right one. */
  signed(text: string, signature: string): boolean
  /** Gives what proves a secret, and does not betray it. */
  digest(secret: string): string
  /** Gives the seconds since 1970. Tokens outlive processes, whose clocks begin anew. */
  date(): number
}

/** What a token says: whoever knows the secret of a seat is its player. */
export interface Claim {
  readonly seat: number
  readonly secret: string
}

/** Which room a token is for. */
export interface TokenRoom {
  readonly protocol: string
  readonly code: string
}

/** How long a token is good, in s: 30 days after its WELCOME. So long an old key must be kept beside the new one. */
export const GOOD_FOR: number = 30 * 24 * 3600

/** Writes a token. */
export function writeToken(seal: Seal, room: TokenRoom, { seat, secret }: Claim): string {
  const claim = `${seat}.${secret}.${Math.floor(seal.date()) + GOOD_FOR}`
  return `${claim}.${seal.sign(textOf(room, claim))}`
}

/** Reads a token. Throws Refused (GONE) if it is not ours, of another room, altered, or no longer good. */
export function readToken(seal: Seal, room: TokenRoom, token: string): Claim {
  const [, claim = '', seat, secret = '', expiry, signature = ''] =
    /^((\d{1,16})\.([0-9a-f]{32})\.(\d{1,12}))\.([\w-]{43})$/.exec(token) ?? []
  if (!seal.signed(textOf(room, claim), signature)) {
    throw refuse('GONE', 'This token was not made for this room by this server; join anew.')
  }
  if (seal.date() > Number(expiry)) throw refuse('GONE', 'The token is too old; join anew.')
  return { seat: Number(seat), secret }
}

function textOf({ protocol, code }: TokenRoom, claim: string): string {
  return `hoopsnake token\n${protocol}\n${code.toUpperCase()}\n${claim}`
}
