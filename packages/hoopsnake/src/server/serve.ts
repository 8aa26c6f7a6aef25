import type { Server as HttpServer } from 'node:http'
import { type Clock, type Duration, milliseconds } from '../core/clock.ts'
import { memoryBus, type Bus } from '../core/bus.ts'
import { type AnyProtocol, type MessagesOf, topicOf } from '../core/protocol.ts'
import type { Payload } from '../core/rules.ts'
import { Writer } from '../wire/writer.ts'
import { type Banning, startBanning } from './banning.ts'
import { type CalmLog, calmLog } from './calm.ts'
import { realClock, wallTime } from './clock.ts'
import { type Capacity, capacityFor } from './connections.ts'
import { attach } from './gateway/attach.ts'
import { type Ban, type BanAsk, type Bans, type BanTarget, createBans } from './gateway/bans.ts'
import { checkFolder, filesIn } from './gateway/files.ts'
import { createGateway, type Gateway, type GatewayGiven } from './gateway/gateway.ts'
import { closeServer, listen, ownServer, portOf, urlOf } from './listen.ts'
import { createOperation } from './metrics/operation.ts'
import { createTraffic } from './metrics/traffic.ts'
import { type FullOptions, fullOptions, type ServeOptions } from './options.ts'
import type { Counts, PlaceGiven, RunningPlace } from './place/place.ts'
import { realEntropy } from './random.ts'
import { keyIn } from './seal.ts'
import { onStopSignals } from './signals.ts'
import { createStop, runSteps, type Step } from './stop.ts'

/** A server that runs. */
export interface Server {
  /** Where the page is, e.g. `http://localhost:8080/`. Of an attached server: once that listens. */
  readonly url: string
  /** 0 while an attached server does not listen. */
  readonly port: number
  readonly counts: Counts & { readonly connections: number }
  /**
   * Tells every room of a game, on every server that shares the bus: it comes to their rules as `messages[message]`.
   * Throws Misfit on a value that does not fit.
   */
  publish<P extends AnyProtocol, K extends keyof MessagesOf<P> & string>(
    protocol: P,
    message: K,
    ...value: Payload<MessagesOf<P>[K]>
  ): void
  /**
   * Bans a user or an address: who is in is ended at once, who comes is told BANNED with the reason. It is kept in the
   * store, and holds on every server that shares the bus. Resolves when it is kept; rejects with words on what cannot be
   * banned, and beyond 10,000 bans.
   */
  ban(ask: BanAsk): Promise<void>
  /** Lifts a ban, one that the server made by itself too. Resolves when that is kept. */
  unban(target: BanTarget): Promise<void>
  /** The bans in force, then those that the server made by itself. */
  readonly bans: readonly Ban[]
  /** Resolves when the server has stopped; rejects if it failed, or could not stop in good order. */
  readonly done: Promise<void>
  /**
   * Stops in good order: lets nobody in, lets players leave over `drain` (default `limits.drain`), saves and closes the
   * rooms, sends who is left away to dial again, closes the store. After `limits.stop` the rest is cut. Gives `done`.
   *
   * Asked again with `drain: 0`, it ends a drain that is under way.
   */
  stop(options?: { readonly drain?: Duration }): Promise<void>
}

/**
 * Starts a server: store, then rooms, then the port. Rejects with words if one of them cannot be had, and leaves
 * nothing behind then.
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const clock = realClock()
  const asked = fullOptions(options)
  const calm = calmLog(asked.log, clock)
  const capacity = capacityFor(asked.limits)
  const full = { ...asked, limits: { ...asked.limits, connections: capacity.sockets }, log: calm.log }
  if (capacity.sockets < asked.limits.connections) {
    calm.log('warn', 'the system allows fewer connections than `limits` do: raise `ulimit -n`', {
      allowed: capacity.sockets,
      wanted: asked.limits.connections,
    })
  }
  const undo: Step[] = []
  try {
    return await start(full, { clock, calm, capacity }, undo)
  } catch (error) {
    for (const wrong of await runSteps(clock, full.limits.stop, undo))
      full.log('error', wrong.message, { error: wrong.cause })
    throw error
  }
}

/** Starts step by step. What was started goes in front of `undo`. */
async function start(
  full: FullOptions,
  { clock, calm, capacity }: { clock: Clock; calm: CalmLog; capacity: Capacity },
  undo: Step[],
): Promise<Server> {
  const { store, log, rooms, jobs } = full
  const endLog = { name: 'ending the log', run: () => calm.end() }
  undo.unshift(endLog)
  const bus = full.bus ?? memoryBus({ clock, log })
  const closeBus = { name: 'closing the bus', run: () => bus.close() }
  undo.unshift(closeBus)
  const closeStore = { name: 'closing the store', run: () => store.close() }
  undo.unshift(closeStore)
  const stopJobs = { name: 'stopping the jobs', run: () => jobs?.stop() }
  undo.unshift(stopJobs)
  const entropy = realEntropy()
  const place = await openRooms(full, { bus, clock, entropy })
  const stopPlace = { name: 'closing the rooms', run: () => place.stop() }
  undo.unshift(stopPlace)
  const traffic = createTraffic(rooms.kinds.keys())
  const { limits } = full
  const operation = createOperation({ clock, place, jobs, bus, traffic, limits, logged: calm.counts })
  const stopWatching = { name: 'watching no more', run: () => operation.stop() }
  undo.unshift(stopWatching)
  const bans = createBans(clock)
  const random = (): number => entropy() / 2 ** 32
  const gateway = gatewayTo({ place, operation, traffic, bans, random, capacity }, full, clock)
  const { expel } = gateway
  const banning = await startBanning({ bans, store, bus, log, expel, wallTime, id: String(entropy()) })
  const { server, release } = await open(gateway, full, { clock, capacity })
  return running(full, clock, {
    place,
    gateway,
    server,
    bus,
    bans,
    banning,
    steps: [
      // The rooms first: their players are told by them, through sockets that are still open.
      stopPlace,
      { name: 'closing the sockets', run: () => gateway.close() },
      { name: 'cutting the sockets', run: () => gateway.cut() },
      { name: 'closing the port', run: release },
      stopJobs,
      closeBus,
      closeStore,
      stopWatching,
      endLog,
    ],
  })
}

/** Opens the rooms, once everything that they need is there. */
async function openRooms(
  full: FullOptions,
  given: Pick<PlaceGiven, 'bus' | 'clock' | 'entropy'>,
): Promise<RunningPlace> {
  const { store, log, rooms, jobs } = full
  if (full.assets !== undefined) await checkFolder(full.assets)
  // A store that cannot be used is found out now, not at the first checkpoint.
  await store.get('')
  const keys = full.secret ?? [await keyIn(store, given.entropy)]
  if (store.claim !== undefined) {
    for (const { protocol, options } of rooms.kinds.values())
      if (options.save !== undefined) await store.claim(protocol.name)
  }
  await jobs?.ready
  return await full.place({
    ...given,
    rooms,
    store,
    jobs,
    log,
    keys,
    precise: full.precise,
    maxRooms: full.limits.rooms,
  })
}

function gatewayTo(
  given: Pick<GatewayGiven, 'operation' | 'traffic' | 'bans' | 'random' | 'capacity'> & {
    place: RunningPlace
  },
  full: FullOptions,
  clock: Clock,
): Gateway {
  const { base, origins, findSender, auth, limits, operator, log, assets, rooms } = full
  const { place, ...others } = given
  return createGateway({
    base,
    origins,
    findSender,
    auth,
    limits,
    log,
    clock,
    files: assets === undefined ? undefined : filesIn(assets),
    protocols: new Set(rooms.kinds.keys()),
    link: place.link,
    operator,
    ...others,
  })
}

/** Opens the port, or moves in at a server that exists; `release` takes that back. */
async function open(
  gateway: Gateway,
  { at, limits, log }: FullOptions,
  own: { clock: Clock; capacity: Capacity },
): Promise<{ server: HttpServer; release: () => unknown }> {
  // Of an HTTPS server nothing is used that an HTTP server does not have.
  if ('server' in at)
    return { server: at.server as HttpServer, release: attach(at.server as HttpServer, gateway) }
  const server = ownServer(gateway, { limits, log, ...own })
  await listen(server, at)
  return { server, release: () => closeServer(server) }
}

function publishTo(bus: Bus, protocol: AnyProtocol, message: string, value: unknown): void {
  const named = protocol.messages.find(({ name }) => name === message)
  if (named === undefined) throw new TypeError(`the protocol '${protocol.name}' has no message '${message}'`)
  const w = new Writer()
  named.type.write(w, named.type.copy(value))
  bus.publish(topicOf(protocol, message), w.take())
}

interface Parts {
  readonly place: RunningPlace
  readonly gateway: Gateway
  readonly server: HttpServer
  readonly bus: Bus
  readonly bans: Bans
  readonly banning: Banning
  readonly steps: readonly Step[]
}

/** Makes the server that is handed out, once all its parts run. */
function running(full: FullOptions, clock: Clock, parts: Parts): Server {
  const { place, gateway, server, bus, bans, banning, steps } = parts
  const { log, limits, base, at } = full
  const host = 'server' in at ? undefined : at.host
  const listenNoMore = {
    name: 'listening no more',
    run() {
      offSignals?.()
      server.off('error', onError)
    },
  }
  const stopping = createStop({
    clock,
    log,
    limits,
    gateway,
    counts: () => place.counts,
    steps: [...steps, listenNoMore],
  })
  const onError = (error: Error): void => {
    log('error', 'the HTTP server failed', { error })
    stopping.stop(0, error)
  }
  const offSignals = full.signals
    ? onStopSignals(clock, (signal) => {
        log('info', `${signal}: stopping; once more to end at once`)
        // Who presses Ctrl-C wants to be done; who sends SIGTERM has a server to take down.
        stopping.stop(signal === 'SIGTERM' ? limits.drain : 0)
      })
    : undefined
  // Of a server that is somebody else's, they hear of it themselves.
  if (!('server' in at)) server.on('error', onError)
  const url = (): string => urlOf(server, host, base)
  log('info', 'serving', { url: url(), games: [...full.rooms.kinds.keys()].join(',') })
  return {
    get url() {
      return url()
    },
    get port() {
      return portOf(server)
    },
    get counts() {
      return { ...place.counts, connections: gateway.connections }
    },
    publish(protocol, message, ...value) {
      publishTo(bus, protocol, message, value[0])
    },
    ban: banning.ban,
    unban: banning.unban,
    get bans() {
      return bans.list()
    },
    done: stopping.done,
    stop({ drain } = {}) {
      stopping.stop(drain === undefined ? limits.drain : milliseconds(drain))
      return stopping.done
    },
  }
}
