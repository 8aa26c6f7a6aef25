import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { botsOf } from './bots.ts'

const modes = ['classic', 'open'] as const

/** What the command line asks for. */
export interface Options {
  readonly mode: (typeof modes)[number]
  readonly port: number
  /** Ticks per second; undefined: what suits the mode. */
  readonly hz: string | undefined
  /** How many threads run the rooms; 0: the one that has the sockets. */
  readonly threads: number
  /** How many bots there are in mode classic. */
  readonly bots: number
  /** The path of the file that keeps scores and rooms. */
  readonly db: string
  /** Origins of pages elsewhere that may dial. */
  readonly origins: readonly string[]
  /** How many proxies stand in front, or their addresses. */
  readonly proxies: number | readonly string[]
  /** How long players are given to leave a server that was told to stop, in s. */
  readonly drain: number
  readonly help: boolean
}

export const help = `Serves Snake, to be played in the browser.

  npm start -- [options]

  --port <number>        where to listen (or PORT in the environment); default 8080
  --mode classic|open    the classic pit, or a large field without death; default classic
  --hz <number>          ticks per second (or SNAKE_HZ); default 2.3, in mode open 20
  --threads <number>     threads that run the rooms, 0 to 64; default 0: beside the sockets
  --bots <number>        company for who plays alone, in mode classic, 0 to 9; default 2
  --db <path>            the file that keeps scores and rooms; default snake.<mode>.db beside the game
  --origins <list>       origins of pages elsewhere that may play, as https://a.example,https://b.example
  --proxies <n or list>  how many proxies stand in front, or their addresses, as 10.0.0.0/8; default 0
  --drain <seconds>      how long players are given to leave when SIGTERM comes, 0 to 3600; default 0
  --help                 this text`

const text = { type: 'string' } as const

/** Reads the command line. Throws an Error with words for the user. `PORT` is what the environment says. */
export function readOptions(args: string[], PORT?: string): Options {
  const { values } = parseArgs({
    args,
    options: {
      port: text,
      mode: text,
      hz: text,
      threads: text,
      bots: text,
      db: text,
      origins: text,
      proxies: text,
      drain: text,
      help: { type: 'boolean' },
    },
  })
  const mode = modes.find((name) => name === (values.mode ?? 'classic'))
  if (mode === undefined)
    throw new Error(`there is no mode '${values.mode}': give --mode classic or --mode open`)
  const port = values.port ?? (PORT || '8080')
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`'${port}' is no port: give --port 0 … 65535; 0 takes any that is free`)
  }
  const threads = values.threads ?? '0'
  if (!/^\d{1,2}$/.test(threads) || Number(threads) > 64) {
    throw new Error(`'${threads}' threads: give a number from 0 to 64`)
  }
  const drain = values.drain ?? '0'
  if (!/^\d{1,4}$/.test(drain) || Number(drain) > 3600) {
    throw new Error(`'${drain}' seconds to leave: give --drain 0 … 3600`)
  }
  const db = values.db ?? fileURLToPath(new URL(`./snake.${mode}.db`, import.meta.url))
  return {
    mode,
    port: Number(port),
    hz: values.hz,
    threads: Number(threads),
    bots: botsOf(values.bots ?? '2'),
    db,
    origins: listOf(values.origins),
    proxies: /^\d+$/.test(values.proxies ?? '0') ? Number(values.proxies ?? '0') : listOf(values.proxies),
    drain: Number(drain),
    help: values.help === true,
  }
}

function listOf(text = ''): string[] {
  return text.split(',').filter((entry) => entry !== '')
}
