import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Log } from '../../core/log.ts'
import type { Gate, Operation } from '../metrics/operation.ts'
import { textType } from '../metrics/text.ts'
import type { Traffic } from '../metrics/traffic.ts'
import type { FindSender } from './address.ts'
import type { Answers } from './answers.ts'
import type { Door, TurnedAway } from './door.ts'
import type { FindFile, OpenFile } from './files.ts'
import { answer, fileHeaders, jsonType, say, sayJson, shared } from './headers.ts'
import type { FindList } from './lists.ts'
import type { Guard } from './operator.ts'
import { type Route, route } from './route.ts'
import { contentType } from './types.ts'

/** What HTTP is answered from. */
export interface HttpGiven {
  readonly base: string
  readonly files: FindFile | undefined
  readonly protocols: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
  readonly door: Pick<Door, 'request'>
  readonly answers: Answers
  readonly findSender: FindSender
  readonly traffic: Traffic
  readonly lists: FindList
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
  const { base, files, origins, log } = given
  const page = files && { files, headers: fileHeaders(origins) }
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
        if (page === undefined)
          return say(response, 404, 'This server has no page; rooms are at /r/<protocol>.')
        return await send(page, asked.path, request, response)
    }
  }
  return {
    owns(url) {
      const asked = route(url, base)
      if (asked === undefined) return false
      return files !== undefined || ['room', 'health', 'ready', 'metrics'].includes(asked.to)
    },
    answer(request, response) {
      if (!given.answers.begin(response)) return
      // Nobody here reads a body: what is left of one goes with its connection.
      if (hasBody(request)) response.shouldKeepAlive = false
      const asked = route(request.url ?? '', base)
      const no = tooMany(given, request, asked)
      if (no !== undefined) return turnAway(response, no, given.traffic)
      if (asked === undefined) return say(response, 404, `This server answers below ${base}/ only.`)
      const methods = asked.to === 'room' ? ['GET', 'HEAD', 'OPTIONS'] : ['GET', 'HEAD']
      if (!methods.includes(request.method ?? '')) {
        // Closed, so that nobody has to read the body to its end.
        const allow = methods.join(', ')
        return say(response, 405, `Only ${allow}.`, { allow, connection: 'close' })
      }
      atItsTurn(response, () => {
        respond(request, response, asked).catch((error: unknown) => {
          log('error', 'a request failed', { url: request.url, error })
          if (response.headersSent) response.destroy()
          else say(response, 500, 'The server failed here; it is in its log.')
        })
      })
    },
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Waits until the answers before it on the same connection are given: until then nothing is opened for one. */
function atItsTurn(response: ServerResponse, run: () => void): void {
  if (response.socket === null) response.once('socket', run)
  else run()
}

/** Counts a request; says why it is not answered. */
function tooMany(
  { door, findSender }: HttpGiven,
  { socket, headers }: IncomingMessage,
  asked: Route | undefined,
): TurnedAway | undefined {
  const errand = asked?.to === 'health' || asked?.to === 'ready' ? 'probe' : 'page'
  return door.request(findSender(socket.remoteAddress, headers), errand)
}

/** Answers a request that is one too many, and ends the connection: what else it has sent is not looked at. */
function turnAway(
  response: ServerResponse,
  { status, words, retryAfter }: TurnedAway,
  traffic: Traffic,
): void {
  traffic.turned(`HTTP_${status}`)
  say(response, status, words, { connection: 'close', 'retry-after': String(retryAfter) })
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
  const headers = shared(request.headers, given.origins)
  if (headers === undefined) {
    const words = `Pages of ${request.headers.origin} may not ask here; name the origin in \`origins\`.`
    return say(response, 403, words, { vary: 'origin' })
  }
  if (request.method === 'OPTIONS') {
    // What a browser asks before a request that is more than a plain GET.
    response.writeHead(204, {
      ...headers,
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-max-age': '600',
    })
    response.end()
    return
  }
  if (!given.protocols.has(asked.protocol))
    return say(response, 404, `This server has no game '${asked.protocol}'.`, headers)
  if (asked.code !== '')
    return say(response, 426, 'A room is dialled as a WebSocket.', { ...headers, upgrade: 'websocket' })
  answer(response, 200, await given.lists(asked.protocol), { ...jsonType, ...headers })
}

/** Files, and the headers of each. */
interface Page {
  readonly files: FindFile
  readonly headers: Readonly<Record<string, string>>
}

/** Sends a file, or the `index.html` of a folder. */
async function send(
  { files, headers }: Page,
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
    await sendFile({ ...found, name, headers }, request, response)
  } finally {
    await found.handle.close()
  }
}

const GONE = ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE']

async function sendFile(
  { handle, size, etag, name, ...file }: OpenFile & Pick<Page, 'headers'> & { readonly name: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = {
    ...file.headers,
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
    // The browser that went away in the middle, or before, is no failure of ours.
    if (!GONE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
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
