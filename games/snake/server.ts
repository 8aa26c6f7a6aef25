/* The server of the game: `npm start -- --help`. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { serve, sqlite } from 'hoopsnake/server'

const modes = {
  classic: () => import('./rooms.classic.ts'),
  open: () => import('./rooms.open.ts'),
}

const help = `Serves Snake, to be played in the browser.

  npm start -- [options]

  --port <number>        where to listen (or PORT in the environment); default 8080
  --mode classic|open    the classic pit, or a large field without death; default classic
  --hz <number>          ticks per second (or SNAKE_HZ); default 2.3, in mode open 20
  --db <path>            the file that keeps scores and rooms; default snake.<mode>.db beside the game
  --help                 this text`

const text = { type: 'string' } as const

/** Reads the command line. Throws an Error with words for the user. */
function options() {
  const asked = { port: text, mode: text, hz: text, db: text, help: { type: 'boolean' } } as const
  const { values } = parseArgs({ options: asked })
  const mode = values.mode ?? 'classic'
  if (!Object.hasOwn(modes, mode))
    throw new Error(`there is no mode '${mode}': give --mode classic or --mode open`)
  const port = values.port ?? (process.env['PORT'] || '8080')
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw new Error(`'${port}' is no port: give --port 0 … 65535`)
  if (values.hz !== undefined) process.env['SNAKE_HZ'] = values.hz
  const db = values.db ?? fileURLToPath(new URL(`./snake.${mode}.db`, import.meta.url))
  return { mode: mode as keyof typeof modes, port: Number(port), db, help: values.help === true }
}

async function main(): Promise<void> {
  const { mode, port, db, ...asked } = options()
  if (asked.help) return console.log(help)
  const { default: rooms } = await modes[mode]()
  const server = await serve({ rooms, port, store: sqlite(db), assets: new URL('./dist/', import.meta.url) })
  console.log(`Snake, mode ${mode}: http://localhost:${server.port}`)
  await server.done
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
