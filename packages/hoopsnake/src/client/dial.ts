/** One connection to a server. One frame, one message. */
export interface Line {
  /** Sends a frame. Does nothing before the line is open and after it is closed. */
  send(frame: Uint8Array): void
  /** Sends what was given to it, then closes. `closed` is called in the end. */
  close(code: number, reason: string): void
}

/** What a line calls; never before `dial` has returned. */
export interface Ends {
  open(): void
  frame(bytes: Uint8Array): void
  /** Called once, also when the line never opened. */
  closed(code: number, reason: string): void
}

/** Opens a line. `address` is the URL that was given to `join`, with `/r/<protocol>[/<code>]` behind it. */
export type Dial = (address: string, ends: Ends) => Line

/** Gives the address of a room, or of any public room where `code` is ''. */
export function addressOf(url: string | URL, protocol: string, code: string): string {
  const base = String(url)
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
  return `${base}/r/${protocol}${code && `/${encodeURIComponent(code)}`}`
}

/** Makes an address absolute, as the page would, with the scheme `ws` or `http` in place of either. Throws TypeError. */
export function absolute(address: string, scheme: 'ws' | 'http'): URL {
  const page = typeof location === 'object' ? location.href : undefined
  if (page === undefined && !/^\w+:\/\//.test(address)) {
    throw new TypeError(
      `'${address}' is no whole URL, and there is no page to complete it; write e.g. http://localhost:8080`,
    )
  }
  const url = new URL(address, page)
  url.protocol = url.protocol.replace(/^(http|ws)/, scheme)
  return url
}

/** Dials over a WebSocket. */
export const webSocket: Dial = (address, ends) => {
  const socket = new WebSocket(absolute(address, 'ws'))
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => ends.open()
  // A text message has no bytes of ours: as an empty frame it is refused like any other nonsense.
  socket.onmessage = ({ data }) =>
    ends.frame(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array())
  socket.onclose = ({ code, reason }) => ends.closed(code, reason)
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>)
    },
    close: (code, reason) => socket.close(code, reason),
  }
}
