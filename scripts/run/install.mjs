import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './child.mjs'

/** Installs the packages of the lock file, unless exactly these were installed before on this kind of machine. */
export async function install(root) {
  const stamp = join(root, 'node_modules', '.hoopsnake-installed')
  const lock = await readFile(join(root, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex')
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return
  console.error('Installing packages, once; this takes up to a minute …')
  // Whatever NODE_ENV or npm's own settings say: the dev packages and this machine's Node are what we are here for.
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await run(...npm(['ci', ...flags]), root)
  if (code !== 0) throw new Error('npm could not install the packages; its own words are above.')
  await writeFile(stamp, wanted)
  console.error('Packages installed.')
}

/** The npm that runs this, as npm says itself; otherwise the one on the PATH. */
function npm(args) {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) return [process.execPath, [script, ...args]]
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', args]
}
