import { run } from './child.mjs'

// Whatever NODE_ENV or npm's own settings say: the dev packages and this machine's Node are what we are here for.
const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']

/** Runs npm: the one that runs this, as it says itself; otherwise the one on the PATH. */
export async function npm(args, cwd) {
  const script = process.env.npm_execpath
  const [program, ...first] = script?.endsWith('.js')
    ? [process.execPath, script]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm']
  const code = await run(program, [...first, ...args, ...flags], cwd)
  if (code !== 0) throw new Error('npm could not install the packages; its own words are above.')
}
