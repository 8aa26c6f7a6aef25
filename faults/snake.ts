import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../scripts/page.ts'
import { type Program, type ProgramOptions, startProgram } from './program.ts'

const program = fileURLToPath(new URL('../games/snake/server.ts', import.meta.url))

/** Starts the real server of the game, what `npm start` runs, on a free port, with a store that is removed afterwards. */
export async function startSnake(args: readonly string[] = [], how: ProgramOptions = {}): Promise<Program> {
  await buildPage()
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  const server = await startProgram(program, ['--port', '0', '--db', join(folder, 'snake.db'), ...args], how)
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
