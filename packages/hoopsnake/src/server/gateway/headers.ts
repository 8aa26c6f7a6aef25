import type { IncomingHttpHeaders, ServerResponse } from 'node:http'

/** Headers of every answer. */
const always = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' } as const

/**
 * Makes the headers of every file. No inline script and no script from elsewhere, so that text of one player which
 * ends up in the page of another stays text. `ws:` and `wss:` let a page dial a server on another host. Pages of the
 * origins may frame it.
 */
export function fileHeaders(origins: ReadonlySet<string>): Readonly<Record<string, string>> {
  return {
    ...always,
    'content-security-policy': [
      "default-src 'self'",
      "connect-src 'self' ws: wss:",
      "img-src 'self' data: blob:",
      "media-src 'self' data: blob:",
      "style-src 'self' 'unsafe-inline'",
      "object-src 'none'",
      "base-uri 'self'",
      ["frame-ancestors 'self'", ...origins].join(' '),
    ].join('; '),
  }
}

/** Answers with words and ends. */
export function say(
  response: ServerResponse,
  status: number,
  words: string,
  headers: Record<string, string> = {},
): void {
  answer(response, status, `${words}\n`, { 'content-type': 'text/plain; charset=utf-8', ...headers })
}

export const jsonType = { 'content-type': 'application/json; charset=utf-8' } as const

/** Answers with JSON and ends. */
export function sayJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  answer(response, status, JSON.stringify(value), { ...jsonType, ...headers })
}

/** Answers with a text and ends. It is never cached: it says what is so at this moment. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string>,
): void {
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-length': String(Buffer.byteLength(body)),
    ...always,
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/**
 * Gives the headers that let a page of another origin read an answer: its own origin, if it is welcome, never `*`.
 * Undefined: it is not.
 */
export function shared(sender: Sender, origins: ReadonlySet<string>): Record<string, string> | undefined {
  if (!isWelcome(sender, origins)) return undefined
  return {
    vary: 'origin',
    ...(sender.origin === undefined ? {} : { 'access-control-allow-origin': sender.origin }),
  }
}

/** The part of a request that says whose page sent it. */
type Sender = Pick<IncomingHttpHeaders, 'origin' | 'host'>

/**
 * Says whether a page may talk to this server: one of this host, or of an origin in the list. Browsers send cookies
 * and reach private networks on behalf of any page, so a foreign page is refused. No origin: not a browser's page.
 */
export function isWelcome({ origin, host = '' }: Sender, origins: ReadonlySet<string>): boolean {
  if (origin === undefined || origins.has(origin)) return true
  // Host and port alone: of an address, URL would take the host that stands in it.
  if (/[/?#@\\]/.test(host)) return false
  try {
    const from = new URL(origin)
    // Through URL both, so that letter case and the default port of the scheme make no difference.
    return /^https?:$/.test(from.protocol) && new URL(`${from.protocol}//${host}`).host === from.host
  } catch {
    return false
  }
}

/** Checks a list of origins. Throws TypeError on one that no browser would send. */
export function originSet(origins: readonly string[]): ReadonlySet<string> {
  for (const origin of origins) {
    if (!isOrigin(origin)) {
      throw new TypeError(
        `origins: '${origin}' is not an origin; write scheme and host, e.g. 'https://example.com'`,
      )
    }
  }
  return new Set(origins)
}

/** Apps send schemes of their own, of which URL knows no origin: `capacitor://localhost`. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/*?#@;,'"\s]+$/.test(text) || !URL.canParse(text)) return false
  const { origin } = new URL(text)
  return origin === text || origin === 'null'
}
