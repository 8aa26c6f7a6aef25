import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** How bytes fare on their way, one way. */
export interface Weather {
  /** Milliseconds that everything takes. Default 0. */
  readonly delay?: number
  /** Up to so many more, at random; order is kept, as TCP keeps it. Default 0. */
  readonly jitter?: number
  /** Bytes per second. Default: no bound. */
  readonly bandwidth?: number
}

/** Which way: from clients to the server, or from the server to clients. */
export type Way = 'up' | 'down'

/** A bad network between clients and a server: a TCP proxy on a port of loopback. */
export interface Proxy {
  readonly port: number
  /** Connections that are open now. */
  readonly open: number
  /** Sets the weather, for those who are there as well. Without `way`: both ways. */
  weather(weather: Weather, way?: Way): void
  /**
   * Lets nothing through, and says so to nobody: the connections are half-open. What comes meanwhile waits, and goes
   * on its way after `heal`; new connections are taken in, and nothing comes of them. Without `way`: both ways.
   */
  swallow(way?: Way): void
  /** Lets everything through again, late. */
  heal(): void
  /** Ends all connections at once, at both ends: as a router does that lost its table (RST), or in good order (FIN). */
  cut(how: 'RST' | 'FIN'): void
  /** Ends all, and the port. */
  stop(): Promise<void>
}

/** Bytes that may be on their way in one direction; beyond that, whoever sends is made to wait, as by TCP. */
const WINDOW = 64 * 1024

/** Starts a proxy before a port of loopback. `random` decides the jitter: a number from 0 to below 1. */
export async function startProxy(to: number, random: () => number = Math.random): Promise<Proxy> {
  const ways: Record<Way, State> = {
    up: { weather: {}, swallowed: false },
    down: { weather: {}, swallowed: false },
  }
  const pairs = new Set<Pair>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const pair = join(client, to, ways, random)
    pairs.add(pair)
    void pair.gone.then(() => pairs.delete(pair))
  })
  const port = await listen(server)
  const of = (way: Way | undefined): State[] => (way === undefined ? [ways.up, ways.down] : [ways[way]])
  return {
    port,
    get open() {
      return pairs.size
    },
    weather(weather, way) {
      for (const state of of(way)) state.weather = weather
      for (const pair of pairs) pair.renew()
    },
    swallow(way) {
      for (const state of of(way)) state.swallowed = true
    },
    heal() {
      for (const state of of(undefined)) state.swallowed = false
      for (const pair of pairs) pair.stir()
    },
    cut(how) {
      for (const pair of pairs) pair.cut(how)
    },
    async stop() {
      server.close()
      for (const pair of pairs) pair.cut('RST')
      await once(server, 'close')
    },
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** What holds for one way, now. */
interface State {
  weather: Weather
  swallowed: boolean
}

/** A client's connection and the one to the server that stands for it. */
interface Pair {
  cut(how: 'RST' | 'FIN'): void
  /** Looks again whether something may go on. */
  stir(): void
  /** Sends what waits on its way anew, in the weather of now. */
  renew(): void
  readonly gone: Promise<unknown>
}

function join(client: Socket, to: number, ways: Record<Way, State>, random: () => number): Pair {
  const server = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true })
  const sockets = [client, server]
  for (const socket of sockets) socket.setNoDelay(true)
  const lanes = [carry(client, server, ways.up, random), carry(server, client, ways.down, random)]
  return {
    cut(how) {
      for (const socket of sockets) {
        if (how === 'RST') reset(socket)
        else socket.destroySoon()
      }
    },
    stir() {
      for (const lane of lanes) lane.stir()
    },
    renew() {
      for (const lane of lanes) lane.renew()
    },
    gone: Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)))),
  }
}

/** What goes one way: bytes, and how they end. */
type Item = Buffer | 'FIN' | 'RST'

/** Carries one way what comes. */
function carry(from: Socket, to: Socket, state: State, random: () => number): Pick<Pair, 'stir' | 'renew'> {
  const queue: { item: Item; due: number }[] = []
  let waiting = 0
  let last = 0
  let timer: NodeJS.Timeout | undefined

  /** Says when an item will be there, if it is sent now. */
  function arrival(item: Item): number {
    const { delay = 0, jitter = 0, bandwidth = Infinity } = state.weather
    // Nothing overtakes, and the line is busy for as long as the bytes before take.
    last = Math.max(performance.now() + delay + jitter * random(), last) + (lengthOf(item) * 1000) / bandwidth
    return last
  }
  function put(item: Item): void {
    queue.push({ item, due: arrival(item) })
    waiting += lengthOf(item)
    if (waiting > WINDOW) from.pause()
    stir()
  }
  function stir(): void {
    clearTimeout(timer)
    if (state.swallowed || to.destroyed) return
    const now = performance.now()
    while (queue.length > 0 && queue[0]!.due <= now) pass(queue.shift()!.item)
    if (queue.length > 0) timer = setTimeout(stir, Math.ceil(queue[0]!.due - now))
  }
  function renew(): void {
    last = 0
    for (const one of queue) one.due = arrival(one.item)
    stir()
  }
  function pass(item: Item): void {
    waiting -= lengthOf(item)
    if (item === 'FIN') to.end()
    else if (item === 'RST') reset(to)
    else to.write(item)
    if (waiting <= WINDOW && !to.writableNeedDrain) from.resume()
    else from.pause()
  }

  from.on('data', put)
  from.on('end', () => put('FIN'))
  from.on('error', () => put('RST'))
  to.on('drain', () => waiting <= WINDOW && from.resume())
  to.on('close', () => clearTimeout(timer))
  return { stir, renew }
}

/** Breaks a connection off. One that is being ended already cannot be reset: Node would leave its handle open for ever. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

function lengthOf(item: Item): number {
  return typeof item === 'string' ? 0 : item.length
}
