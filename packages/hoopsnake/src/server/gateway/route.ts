/** What a request asks for, by its path. */
export type Route =
  /** `/r/<protocol>` with any room, or `/r/<protocol>/<code>`. */
  | { readonly to: 'room'; readonly protocol: string; readonly code: string }
  | { readonly to: 'health' | 'ready' | 'metrics' }
  /** A file of the page; decoded, begins with '/', has no part that leads up. */
  | { readonly to: 'file'; readonly path: string }
  /** The base itself without its slash: relative addresses in the page would miss it. */
  | { readonly to: 'base' }
  /** A path that no address of ours has. */
  | { readonly to: 'bad'; readonly why: string }

/** What operators and their machines ask for. */
const operations: ReadonlyMap<string, 'health' | 'ready' | 'metrics'> = new Map([
  ['healthz', 'health'],
  ['readyz', 'ready'],
  ['metrics', 'metrics'],
] as const)

/**
 * Reads the path of a request below `base` ('' or '/game'). Undefined: not below it.
 *
 * Decodes once, part by part; a part that would mean something to the file system is refused, never cleaned.
 */
export function route(url: string, base: string): Route | undefined {
  const [path = ''] = url.split('?', 1)
  if (path === base && base !== '') return { to: 'base' }
  if (!path.startsWith(`${base}/`)) return undefined
  const parts: string[] = []
  for (const raw of path.slice(base.length + 1).split('/')) {
    const part = decode(raw)
    if (part === undefined) return { to: 'bad', why: 'the path is not UTF-8 in percent encoding' }
    parts.push(part)
  }
  if (parts[0] === 'r' && parts.length > 1) return roomRoute(parts)
  const operation = parts.length === 1 ? operations.get(parts[0]!) : undefined
  if (operation !== undefined) return { to: operation }
  if (parts.some((part, at) => !isPlain(part, at === parts.length - 1))) {
    return {
      to: 'bad',
      why: 'a part of the path is empty, begins with a dot, or holds a slash or a control character',
    }
  }
  return { to: 'file', path: `/${parts.join('/')}` }
}

function roomRoute([, protocol = '', code = '', ...rest]: string[]): Route {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(protocol) || rest.length > 0) {
    return { to: 'bad', why: 'rooms are at /r/<protocol> and /r/<protocol>/<code>' }
  }
  if (code !== '' && !/^[\w-]{1,32}$/.test(code)) {
    return { to: 'bad', why: 'a room code is 1 to 32 letters, digits, _ or -' }
  }
  return { to: 'room', protocol, code }
}

/** Only the last part may be empty (a folder). A leading dot covers '.', '..' and hidden files. */
function isPlain(part: string, last: boolean): boolean {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return part === '' ? last : !part.startsWith('.') && !/[/\\:\u0000-\u001f\u007f]/.test(part)
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** Gives the base of a `path` option: '/', '/game' or '/game/' become '' or '/game'. Throws TypeError on others. */
export function baseOf(path: string): string {
  if (!/^(\/[\w.~-]+)*\/?$/.test(path) || /\/\.\.?(\/|$)/.test(path) || path === '') {
    throw new TypeError(`path: '${path}' cannot be served under; write '/' or e.g. '/game'`)
  }
  return path.replace(/\/$/, '')
}
