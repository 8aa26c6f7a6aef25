/* The server without its page, for tests: the mode, then the file of the store. Says its URL and nothing else. */
import { serve, sqlite } from 'hoopsnake/server'

const [mode, db] = process.argv.slice(2)
const { default: rooms } = await (mode === 'open'
  ? import('../rooms.open.ts')
  : import('../rooms.classic.ts'))
const server = await serve({ rooms, port: 0, host: '127.0.0.1', store: sqlite(db!), log() {} })
console.log(server.url)
await server.done
