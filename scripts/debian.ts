import { execFile } from 'node:child_process'
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { cached, type Source } from './provide.ts'

const exec = promisify(execFile)

/**
 * Provides a program from a Debian or Ubuntu package, without root: apt, with a state of its own, downloads what the
 * machine lacks, and it is unpacked into the cache. Nothing is installed and no daemon starts.
 */
export function debian(name: string, path: string): Source {
  return async () => {
    const usable = await access('/usr/bin/apt-get').then(
      () => true,
      () => false,
    )
    if (!usable) return undefined
    // The libraries fit one release only.
    const release =
      /^VERSION_CODENAME=(.*)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'unknown'
    const folder = await cached(`${name}-${release}-${process.arch}`, (target) => unpack(name, target))
    return { path: join(folder, path), env: { LD_LIBRARY_PATH: await libraries(folder) } }
  }
}

async function unpack(name: string, target: string): Promise<void> {
  console.error(`Fetching Debian's ${name} into .cache, once …`)
  const state = join(target, '.apt')
  await mkdir(join(state, 'lists', 'partial'), { recursive: true })
  await mkdir(join(state, 'cache', 'archives', 'partial'), { recursive: true })
  const config = join(state, 'apt.conf')
  await writeFile(config, privateApt(state))
  const apt = (...args: string[]) => exec('apt-get', ['-qq', '-c', config, ...args], { maxBuffer: 1 << 26 })
  await apt('update')
  await apt('install', '--download-only', '--yes', '--no-install-recommends', name)
  const archives = join(state, 'cache', 'archives')
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await exec('dpkg-deb', ['-x', join(archives, file), target])
  }
  await rm(state, { recursive: true })
}

function privateApt(state: string): string {
  return `
Dir::State "${state}";
Dir::State::lists "${state}/lists";
Dir::State::status "/var/lib/dpkg/status"; // what the machine already has is not fetched again
Dir::Cache "${state}/cache";
Dir::Cache::archives "${state}/cache/archives";
Debug::NoLocking "true"; // the locks are root's
APT::Sandbox::User "root"; // no change of user: the other one may not read here
APT::Keep-Downloaded-Packages "true";
`
}

/** All folders below that hold shared libraries; some packages keep theirs a level deeper. */
async function libraries(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const holders = files.filter((file) => /\.so(\.|$)/.test(file.name)).map((file) => file.parentPath)
  return [...new Set(holders)].join(delimiter)
}
