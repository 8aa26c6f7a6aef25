import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { npm } from './npm.mjs'

/** Installs the packages of the lock file, unless exactly these were installed before on this kind of machine. */
export async function install(root) {
  const stamp = join(root, 'node_modules', '.hoopsnake-installed')
  const lock = await readFile(join(root, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex')
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return
  console.error('Installing packages, once; this takes up to a minute …')
  await npm(['ci'], root)
  await writeFile(stamp, wanted)
  console.error('Packages installed.')
}
