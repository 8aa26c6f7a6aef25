import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')

/** The documents that hold a game, and the folder its files go to. */
const games = {
  'README.md': 'coins',
  'docs/movement.md': 'coins',
  'docs/cards.md': 'high',
  'docs/server.md': 'coins',
  'docs/scaling.md': 'lab',
}

/** What is written in a document between fences, by the file that its first line names. */
function blocksOf(text: string): Map<string, string> {
  const blocks = new Map<string, string>()
  for (const [, language, block] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const named = /^(?:\/\/|<!--) ([\w./-]+\.\w+)/.exec(block!)?.[1]
    const name =
      named ?? (language === 'json' && block!.includes('compilerOptions') ? 'tsconfig.json' : undefined)
    if (name === undefined) continue
    if (blocks.has(name)) throw new Error(`two blocks for ${name}`)
    blocks.set(name, block!)
  }
  return blocks
}

/** Writes the games of the documents into a new folder of this repository, so that `hoopsnake` resolves. Returns it. */
export async function writeGames(name: string): Promise<string> {
  const folder = join(root, '.cache', 'readme', name)
  await rm(folder, { recursive: true, force: true })
  for (const [document, game] of Object.entries(games)) {
    const blocks = blocksOf(await readFile(join(root, document), 'utf8'))
    for (const [path, block] of blocks) {
      const file = join(folder, game, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, block, { flag: 'wx' })
    }
  }
  return folder
}

/** Runs TypeScript over a folder with the settings of README.md. Returns what it says. */
export async function check(folder: string): Promise<string> {
  const config = join(folder, 'tsconfig.all.json')
  // The library's sources, as there may be no build.
  const settings = {
    extends: './coins/tsconfig.json',
    compilerOptions: { customConditions: ['@hoopsnake/source'] },
    include: ['.'],
  }
  await writeFile(config, JSON.stringify(settings))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return promisify(execFile)(process.execPath, [tsc, '-p', config]).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  )
}

/** How Vite builds and serves the page of a game. */
export function pageConfig(game: string): { configFile: string; root: string; logLevel: 'warn' } {
  // The document's config says where the page is from the folder in which Vite is started.
  return { configFile: join(game, 'vite.config.ts'), root: join(game, 'page'), logLevel: 'warn' }
}

/** Builds the page of a game, as `npx vite build` in its folder does. */
export async function buildPage(game: string): Promise<void> {
  await build(pageConfig(game))
}

/** A program that runs. */
type Program = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable }

/** Programs of the documents, run as by `node scripts/run.mjs run <file>`, which README.md names. */
export interface Programs {
  readonly run: (file: string, ...args: string[]) => Program
  /** Runs a server on any free port and gives its URL. */
  readonly serving: (file: string) => Promise<string>
  /** Ends all that run still. */
  readonly endAll: () => Promise<void>
}

/** Makes the list of programs that run. */
export function programs(): Programs {
  const running = new Set<Program>()
  const run = (file: string, ...args: string[]): Program => {
    const child = spawn(process.execPath, ['--conditions=@hoopsnake/source', file, ...args], {
      cwd: root,
      env: { ...process.env, PORT: '0', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }
  return {
    run,
    serving: (file) => line(run(file).stderr, /serving url=(\S+)/),
    async endAll() {
      const ends = [...running].map((child) => once(child, 'exit'))
      for (const child of running) child.kill('SIGTERM')
      await Promise.all(ends)
    },
  }
}

/** Waits for a line, and gives what its pattern caught. */
export async function line(from: Readable, pattern: RegExp): Promise<string> {
  const said: string[] = []
  for await (const one of createInterface(from)) {
    const found = pattern.exec(one)?.[1]
    if (found !== undefined) return found
    said.push(one)
  }
  throw new Error(`no line like ${pattern} in:\n${said.join('\n')}`)
}
