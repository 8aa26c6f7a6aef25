import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Link } from '../../core/link.ts'
import type { Log } from '../../core/log.ts'
import type { Gate, Operation } from '../metrics/operation.ts'
import { textType } from '../metrics/text.ts'
import type { FindFile, OpenFile } from './files.ts'
import { answer, fileHeaders, isWelcome, say, sayJson } from './headers.ts'
import type { Guard } from './operator.ts'
import { type Route, route } from './route.ts'
import { contentType } from './types.ts'

/** What HTTP is answered from. */
export interface HttpGiven {
  readonly base: string
  readonly files: FindFile | undefined
  readonly protocols: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
  readonly link: Link
  readonly log: Log
  readonly operation: Operation
  readonly operator: Guard
  /** How the gateway is at this moment. */
  readonly gate: () => Gate
}

/** Answers requests below the base. */
export interface HttpSide {
  /** Whether a request is for this side: lists, what operators ask, and everything else if there are files. */
  owns(url: string): boolean
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void
}

/** Makes the HTTP side of a gateway. */
export function httpSide(given: HttpGiven): HttpSide {
  const { base, files, log } = given
  async function respond(request: IncomingMessage, response: ServerResponse, asked: Route): Promise<void> {
    switch (asked.to) {
      case 'bad':
        return say(response, 400, `No such address: ${asked.why}.`)
      case 'health':
      case 'ready':
      case 'metrics':
        return operate(given, asked.to, request, response)
      case 'room':
        return await list(given, asked, request, response)
      case 'base':
        return say(response, 308, 'The page is one slash further.', { location: `${base}/${query(request)}` })
      case 'file':
        if (files === undefined)
          return say(response, 404, 'This server has no page; rooms are at /r/<protocol>.')
        return await send(files, asked.path, request, response)
    }
  }
  return {
    owns(url) {
      const asked = route(url, base)
      if (asked === undefined) return false
      return files !== undefined || ['room', 'health', 'ready', 'metrics'].includes(asked.to)
    },
    answer(request, response) {
      const asked = route(request.url ?? '', base)
      if (asked === undefined) return say(response, 404, `This server answers below ${base}/ only.`)
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        // Closed, so that nobody has to read the body to its end.
        return say(response, 405, 'Only GET and HEAD.', { allow: 'GET, HEAD', connection: 'close' })
      }
      respond(request, response, asked).catch((error: unknown) => {
        log('error', 'a request failed', { url: request.url, error })
        if (response.headersSent) response.destroy()
        else say(response, 500, 'The server failed here; it is in its log.')
      })
    },
  }
}

/** Answers operators and their machines. How the server does may anybody ask; numbers are for operators. */
function operate(
  { operation, operator, gate }: HttpGiven,
  what: 'health' | 'ready' | 'metrics',
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (what === 'health') {
    const health = operation.health(gate())
    return sayJson(response, health.ok ? 200 : 503, health)
  }
  if (what === 'ready') {
    const told = operation.ready(gate())
    return sayJson(response, told.ready ? 200 : 503, told)
  }
  const no = operator(request)
  if (no !== undefined) return say(response, no.status, no.words, no.headers)
  answer(response, 200, operation.metrics(gate()), { 'content-type': textType })
}

async function list(
  given: HttpGiven,
  asked: Route & { to: 'room' },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin } = request.headers
  const headers: Record<string, string> = { vary: 'origin' }
  if (!isWelcome(request.headers, given.origins)) {
    return say(response, 403, `Pages of ${origin} may not ask here; name the origin in \`origins\`.`, headers)
  }
  if (origin !== undefined) headers['access-control-allow-origin'] = origin
  if (!given.protocols.has(asked.protocol))
    return say(response, 404, `This server has no game '${asked.protocol}'.`, headers)
  if (asked.code !== '')
    return say(response, 426, 'A room is dialled as a WebSocket.', { ...headers, upgrade: 'websocket' })
  sayJson(response, 200, await given.link.list(asked.protocol), headers)
}

/** Sends a file, or the `index.html` of a folder. */
async function send(
  files: FindFile,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = path.endsWith('/') ? `${path}index.html` : path
  const found = await files(name)
  if (found === 'folder') {
    const [to = ''] = (request.url ?? '').split('?', 1)
    return say(response, 308, 'That is a folder.', { location: `${to}/${query(request)}` })
  }
  if (found === undefined) return say(response, 404, 'There is no such file.')
  try {
    await sendFile(found, name, request, response)
  } finally {
    await found.handle.close()
  }
}

async function sendFile(
  { handle, size, etag }: OpenFile,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = {
    ...fileHeaders,
    etag,
    'cache-control': isHashed(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (matches(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers)
    response.end()
    return
  }
  response.writeHead(200, { ...headers, 'content-type': contentType(name), 'content-length': size })
  if (request.method === 'HEAD' || size === 0) {
    response.end()
    return
  }
  try {
    await pipeline(handle.createReadStream({ start: 0, end: size - 1, autoClose: false }), response)
  } catch (error) {
    // The browser that went away in the middle is no failure of ours.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

/** Says whether a bundler put a hash of the content into the name, so that it never changes. */
function isHashed(path: string): boolean {
  return /^\/assets\/(?:.*\/)?[^/]+-[\w-]{8,}\.\w+$/.test(path)
}

/** Compares as RFC 9110 13.1.2 asks: weakly, any of a list, or '*'. */
function matches(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim())) ?? false
}

function query({ url = '' }: IncomingMessage): string {
  const at = url.indexOf('?')
  return at < 0 ? '' : url.slice(at)
}
