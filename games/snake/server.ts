/* The server of the game: `npm start -- --help`. */
import { inline, jobThreads, serve, sqlite, threads } from 'hoopsnake/server'
import work from './jobs.ts'
import { lanAddresses, qrCode } from './lan.ts'
import { help, readOptions } from './options.ts'

const modes = {
  classic: () => import('./rooms.classic.ts'),
  open: () => import('./rooms.open.ts'),
}

async function main(): Promise<void> {
  const asked = readOptions(process.argv.slice(2), process.env['PORT'])
  if (asked.help) return console.log(help)
  if (asked.hz !== undefined) process.env['SNAKE_HZ'] = asked.hz
  process.env['SNAKE_BOTS'] = String(asked.bots)
  const { default: rooms } = await modes[asked.mode]()
  const assets = new URL('./dist/', import.meta.url)
  const jobs = asked.mode === 'classic' && asked.bots > 0 ? jobThreads(work, { threads: 1 }) : undefined
  const place = asked.threads > 0 ? threads(asked.threads) : inline()
  const operator = { token: process.env['OPERATOR_TOKEN'] }
  const server = await serve({
    rooms,
    port: asked.port,
    place,
    store: sqlite(asked.db),
    assets,
    jobs,
    operator,
    origins: asked.origins,
    proxies: asked.proxies,
    limits: { drain: asked.drain * 1000 },
  })
  console.log(`Snake, mode ${asked.mode}: http://localhost:${server.port}`)
  invitePhones(server.port)
  await server.done
}

/** Says where phones in the same network find the game; on a terminal also as a code to be photographed. */
function invitePhones(port: number): void {
  const urls = lanAddresses().map((address) => `http://${address}:${port}`)
  if (urls.length === 0) return
  console.log(`In this network: ${urls.join('  ')}`)
  if (process.stdout.isTTY) console.log(qrCode(urls[0]!))
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
