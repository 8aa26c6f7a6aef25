import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { rooms } from '../../packages/hoopsnake/src/core/kind.ts'
import { serve, type Server } from '../../packages/hoopsnake/src/server/serve.ts'
import { yard, yardRules } from '../yard.ts'

/** A server with the page, and a way to it that can be bad. */
export interface Yard {
  readonly server: Server
  readonly way: Way
  readonly url: string
  stop(): Promise<void>
}

/** A TCP proxy whose connections can be lost without a word, as when a phone changes its network. */
export interface Way {
  /** Breaks the connections that are open. */
  cut(): void
  /** Nothing comes or goes any more on the connections that are open; new ones are not touched. */
  forget(): void
  /** Whether nothing comes of new connections either. */
  dead: boolean
}

/** Builds the page, once for all tests of a file. */
let page: Promise<URL> | undefined
async function buildPage(): Promise<URL> {
  const folder = join(import.meta.dirname, '..', '..', '.cache', 'seats')
  await mkdir(folder, { recursive: true })
  const input = join(folder, 'index.html')
  const script = join(import.meta.dirname, 'page.ts')
  await writeFile(input, `<!doctype html><title>yard</title><script type="module" src="${script}"></script>`)
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@hoopsnake/source'] },
    build: { outDir: join(folder, 'dist'), emptyOutDir: true, target: 'esnext' },
  })
  return pathToFileURL(join(folder, 'dist') + '/')
}

/** Starts it: seats are held for `hold`, and a client that is silent for a second and a half is cut. */
export async function startYard(hold: '30s' | '1s'): Promise<Yard> {
  const assets = await (page ??= buildPage())
  const server = await serve({
    // Ticks with nobody in it, so that its ticks tell the time.
    rooms: rooms('tests:', { yard: yard.room(yardRules, { hz: 20, holdSeat: hold, always: true }) }),
    port: 0,
    host: '127.0.0.1',
    assets,
    signals: false,
    limits: { ping: '500ms', silence: '1500ms' },
    log() {},
  })
  const { port, way, close } = await startWay(server.port)
  return {
    server,
    way,
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      close()
      await server.stop()
    },
  }
}

async function startWay(to: number): Promise<{ port: number; way: Way; close: () => void }> {
  let pairs: [Socket, Socket][] = []
  const way = {
    dead: false,
    cut() {
      for (const pair of pairs) for (const end of pair) end.destroy()
    },
    forget() {
      for (const pair of pairs) for (const end of pair) end.unpipe().removeAllListeners('close').resume()
    },
  }
  const listening = createServer((client) => {
    const server = connect(to, '127.0.0.1')
    const pair: [Socket, Socket] = [client, server]
    pairs.push(pair)
    for (const end of pair) end.on('error', () => end.destroy())
    if (way.dead) return void client.resume()
    client.pipe(server).pipe(client)
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  return {
    port: (listening.address() as AddressInfo).port,
    way,
    close() {
      listening.close()
      for (const pair of pairs) for (const end of pair) end.destroy()
      pairs = []
    },
  }
}
