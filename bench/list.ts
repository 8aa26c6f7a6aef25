/* The benches that there are: each file `NAME.bench.ts` in this folder is one. */
import { readdir } from 'node:fs/promises'
import type { Bench } from './bench.ts'

const SUFFIX = '.bench.ts'

/** Lists their names. */
export async function namesOf(): Promise<string[]> {
  const files = await readdir(import.meta.dirname)
  return files
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort()
}

export async function load(name: string): Promise<Bench> {
  return ((await import(`./${name}${SUFFIX}`)) as { bench: Bench }).bench
}
