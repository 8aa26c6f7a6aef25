/* The last result of each bench, in a folder that is not in the repository. The report is made of them. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Result } from './bench.ts'

const root = new URL('../', import.meta.url)
const folder = new URL('.cache/bench/', root)
/** Where the code is that a result depends on. */
const sources = ['packages/hoopsnake/src/', 'games/snake/', 'bench/']

/** A result, and how it came about. */
export interface Saved {
  readonly name: string
  /** What to type to get it again. */
  readonly command: string
  readonly at: string
  readonly machine: string
  /** Tells the code that was measured from any other. */
  readonly code: string
  readonly result: Result
}

/** Keeps the result of a bench in place of its last one. */
export async function keep(name: string, args: readonly string[], result: Result): Promise<void> {
  await mkdir(folder, { recursive: true })
  const saved: Saved = {
    name,
    command: ['npm run bench --', name, ...args.filter((arg) => arg !== '--json')].join(' '),
    at: new Date().toISOString(),
    machine: machine(),
    code: await fingerprint(),
    result: { ...result, versions: { node: process.versions.node, ...result.versions } },
  }
  await writeFile(new URL(`${name}.json`, folder), JSON.stringify(saved, null, 2))
}

/** Gives the last result of a bench, if there is one. */
export async function last(name: string): Promise<Saved | undefined> {
  const text = await readFile(new URL(`${name}.json`, folder), 'utf8').catch(() => undefined)
  // JSON has no NaN: what could not be measured is null there.
  const revive = (_: string, value: unknown): unknown => (value === null ? NaN : value)
  return text === undefined ? undefined : (JSON.parse(text, revive) as Saved)
}

/** Gives a text that changes with the code. Tests, documents and what writes the report do not count. */
export async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources) {
    const files = await readdir(fileURLToPath(new URL(source, root)), { recursive: true })
    for (const file of files.sort()) {
      if (!/\.(ts|mjs)$/.test(file) || /\.test\.|node_modules|dist|^report\//.test(file)) continue
      hash.update(file).update(await readFile(new URL(source + file, root)))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  const model = cpus()[0]?.model.trim() ?? 'unknown'
  return `${model}, ${availableParallelism()} cores, ${memory} GiB, ${type()} ${release()} ${arch()}`
}
