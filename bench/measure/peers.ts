/* The programs that hoopsnake is measured against. They are no packages of the project: whoever runs no bench never gets them. */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { npm } from '../../scripts/run/npm.mjs'
import { progress } from './progress.ts'

const folder = new URL('../peers/', import.meta.url)
const stamp = new URL('node_modules/.hoopsnake-installed', folder)

/** Installs the peers into `bench/peers/node_modules`, unless exactly these are there. */
export async function installPeers(): Promise<void> {
  const lock = await readFile(new URL('package-lock.json', folder))
  const wanted = createHash('sha256').update(lock).digest('hex')
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return
  progress('installing the peers, once …')
  await npm(['ci', '--ignore-scripts'], fileURLToPath(folder))
  await writeFile(stamp, wanted)
}

/** Loads a package of the peers; `installPeers` comes first. Its types are the caller's word. */
export async function importPeer<T>(name: string): Promise<T> {
  const { resolve } = createRequire(new URL('package.json', folder))
  return (await import(resolve(name))) as T
}

/** Gives the exact versions of these peers, by default of all. */
export async function peerVersions(...names: string[]): Promise<Record<string, string>> {
  const text = await readFile(new URL('package.json', folder), 'utf8')
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> }
  const wanted = Object.entries(dependencies).filter(([name]) => names.length === 0 || names.includes(name))
  return Object.fromEntries(wanted)
}
