import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../scripts/page.ts'
import { type Program, startProgram } from './program.ts'

/** The real server of the game: what `npm start` runs. */
export interface SnakeServer extends Program {
  /** Memory of the process in bytes; Linux only, elsewhere 0. */
  memory(): number
}

const program = fileURLToPath(new URL('../games/snake/server.ts', import.meta.url))

/** Starts the game on a free port, with a store that is removed afterwards. */
export async function startSnake(args: readonly string[] = []): Promise<SnakeServer> {
  await buildPage()
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  const server = await startProgram(program, ['--port', '0', '--db', join(folder, 'snake.db'), ...args])
  return {
    ...server,
    memory: () => memoryOf(server.child.pid!),
    async [Symbol.asyncDispose]() {
      await server.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
