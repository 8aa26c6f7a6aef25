// Builds the page of the snake game, if any of its sources changed since the last time. Run by `npm start`.
import { createHash } from 'node:crypto'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')
const game = join(root, 'games', 'snake')
const stamp = join(game, 'dist', '.sources')

const sources = [
  'package-lock.json',
  'games/snake/vite.config.ts',
  'games/snake/**/*.{ts,html,css,svg,png,json}',
  'packages/hoopsnake/src/{wire,core,client}/**/*.ts',
]

/** Builds the page into games/snake/dist, unless it is there as of these sources. */
export async function buildPage(): Promise<void> {
  const wanted = await fingerprint()
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return
  console.error('Building the page …')
  await build({ configFile: join(game, 'vite.config.ts'), logLevel: 'warn' })
  await writeFile(stamp, wanted)
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  const paths: string[] = []
  for await (const path of glob(sources, {
    cwd: root,
    exclude: ['**/dist/**', '**/node_modules/**', '**/*.test.ts'],
  })) {
    paths.push(path)
  }
  for (const path of paths.sort()) hash.update(path).update(await readFile(join(root, path)))
  return hash.digest('hex')
}

if (import.meta.main) await buildPage()
