/* The servers that are compared. Each runs one room, in which all see all. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'
import type { DialectName } from './load/dialects.ts'
import { startProgram } from './measure/program.ts'

export interface Contender {
  readonly title: string
  readonly dialect: DialectName
  /** What to start: a file, relative to the project, and what it is told. */
  readonly args: readonly string[]
}

const folder = fileURLToPath(new URL('../.cache/bench/', import.meta.url))

/** What `npm start -- --mode open` runs; it keeps its scores beside our results. */
const snake = ['games/snake/server.ts', '--mode', 'open', '--port', '0', '--db', `${folder}scores.db`]

export const contenders = {
  hoopsnake: { title: 'hoopsnake', dialect: 'hoopsnake', args: snake },
  flat: { title: 'Colyseus flat', dialect: 'colyseus', args: ['bench/peers/colyseus.mjs', 'flat'] },
  arr: { title: 'Colyseus arr', dialect: 'colyseus', args: ['bench/peers/colyseus.mjs', 'arr'] },
  socketio: { title: 'Socket.IO', dialect: 'socketio', args: ['bench/peers/socketio.mjs'] },
  ws: { title: 'ws + JSON', dialect: 'json', args: ['bench/peers/ws.mjs'] },
  bytes: { title: 'ws + JSON as bytes', dialect: 'json', args: ['bench/peers/ws.mjs', 'bytes'] },
  limit: { title: 'the limit', dialect: 'limit', args: ['bench/peers/limit.mjs'] },
} as const satisfies Record<string, Contender>

export type ContenderName = keyof typeof contenders

/** Makes what the snake server needs: its page, as `npm start` does, and the folder of its scores. */
export async function prepareSnake(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const { child } = startProgram('load', ['scripts/page.ts'])
  child.stdout!.resume()
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('the page of Snake could not be built')
}
