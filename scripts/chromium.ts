import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { debian } from './debian.ts'
import { cached, find, installed, main, type Program, type Source } from './provide.ts'

const exec = promisify(execFile)
const decompress = promisify(brotliDecompress)

// An npm package that carries a whole Chromium. We unpack it ourselves: its own function does so into /tmp, and races.
const carrier = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..')

/** Finds or provides a Chromium, with fonts, for the tests in the browser. */
export async function chromium(): Promise<Program> {
  const { path, env } = await find({
    name: 'Chromium',
    variable: 'CHROMIUM_PATH',
    sources: [
      ...installed([...whole.names, 'chromium-headless-shell'], whole.places),
      carried({}),
      // Where the machine lacks NSS: the carrier has it too.
      async () => carried({ LD_LIBRARY_PATH: join(await unpacked(), 'lib') })(),
      debian('chromium-headless-shell', 'usr/lib/chromium/chromium-headless-shell'),
    ],
    packages,
  })
  return { path, env: { ...env, ...(await fonts()) } }
}

/** Finds or provides a whole Chromium: one with tabs, of which all but one are hidden, and a back/forward cache. */
export async function wholeChromium(): Promise<Program> {
  const { path, env } = await find({
    name: 'a whole Chromium (the headless shell will not do)',
    variable: 'WHOLE_CHROMIUM_PATH',
    sources: [...installed(whole.names, whole.places), debian('chromium', 'usr/lib/chromium/chromium')],
    packages,
  })
  return { path, env: { ...env, ...(await fonts()) } }
}

const packages = { apt: 'chromium', brew: '--cask chromium', dnf: 'chromium' }

const whole = {
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
}

function carried(env: Record<string, string>): Source {
  return async () => {
    if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
    return { path: join(await unpacked(), 'chromium'), env }
  }
}

async function unpacked(): Promise<string> {
  return cached(`chromium-${await version()}`, async (folder) => {
    console.error('Unpacking Chromium into .cache, once …')
    const program = await decompress(await readFile(join(carrier, 'bin', 'chromium.br')))
    await writeFile(join(folder, 'chromium'), program, { mode: 0o755 })
    await untar('al2023', folder)
    await untar('swiftshader', folder)
  })
}

/** Lets text be seen on a machine without fonts; one that has some keeps using them. */
async function fonts(): Promise<Record<string, string>> {
  if (process.platform !== 'linux') return {}
  const folder = await cached(`fonts-${await version()}`, async (target) => {
    await untar('fonts', target)
    await writeFile(
      join(target, 'fonts.conf'),
      // Relative to this file, because the folder gets its name only when it is complete.
      `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
    )
  })
  return { FONTCONFIG_FILE: join(folder, 'fonts.conf') }
}

async function untar(name: string, folder: string): Promise<void> {
  const archive = join(folder, `${name}.tar`)
  await writeFile(archive, await decompress(await readFile(join(carrier, 'bin', `${name}.tar.br`))))
  await exec('tar', ['-xf', archive, '-C', folder, '--no-same-owner'])
}

async function version(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(carrier, 'package.json'), 'utf8')) as { version: string }
  return version
}

if (import.meta.main) await main(chromium)
