// Builds a page, if any of its sources changed since the last time. Run by `npm start` and `npm run example`.
import { createHash } from 'node:crypto'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')

/** Builds the page of a folder into its `dist`, unless it is there as of these sources. */
export async function buildPage(of = 'games/snake'): Promise<void> {
  const folder = join(root, of)
  const stamp = join(folder, 'dist', '.sources')
  const wanted = await fingerprint([
    'package-lock.json',
    `${of}/**/*.{ts,html,css,svg,png,json}`,
    'packages/hoopsnake/src/{wire,core,client}/**/*.ts',
  ])
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return
  console.error('Building the page …')
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'warn' })
  await writeFile(stamp, wanted)
}

async function fingerprint(sources: readonly string[]): Promise<string> {
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

if (import.meta.main) await buildPage(process.argv[2])
