/* The server of the game: `npm start -- --help`. */
import { serve, sqlite } from 'hoopsnake/server'
import { help, readOptions } from './options.ts'

const modes = {
  classic: () => import('./rooms.classic.ts'),
  open: () => import('./rooms.open.ts'),
}

async function main(): Promise<void> {
  const asked = readOptions(process.argv.slice(2), process.env['PORT'])
  if (asked.help) return console.log(help)
  if (asked.hz !== undefined) process.env['SNAKE_HZ'] = asked.hz
  const { default: rooms } = await modes[asked.mode]()
  const assets = new URL('./dist/', import.meta.url)
  const server = await serve({ rooms, port: asked.port, store: sqlite(asked.db), assets })
  console.log(`Snake, mode ${asked.mode}: http://localhost:${server.port}`)
  await server.done
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
