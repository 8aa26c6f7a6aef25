// Finds a program the tests need, or provides it without root, or says what to do. It never lets a test be skipped.
import { execFile } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** A program: where it is, and what its environment needs beyond ours. */
export interface Program {
  readonly path: string
  readonly env: Record<string, string>
}

/** A place a program may come from. */
export type Source = () => Promise<Program | undefined>

export interface Wanted {
  readonly name: string
  /** The environment variable by which a user names theirs. */
  readonly variable: string
  /** Where to look, best first. */
  readonly sources: readonly Source[]
  /** What each package manager calls it. */
  readonly packages: { readonly apt: string; readonly brew: string; readonly dnf: string }
  /** What makes it say its version and end, if not `--version`. */
  readonly version?: string
}

const exec = promisify(execFile)
const caches = join(import.meta.dirname, '..', '.cache')

/** Gives the first of the wanted program's sources that starts here. Throws with the command that would install it. */
export async function find({ name, variable, sources, packages, version }: Wanted): Promise<Program> {
  const named = process.env[variable]
  if (named) {
    const problem = await trouble({ path: named, env: {} }, version)
    if (problem) throw new Error(`${variable} names ${named}, which does not start: ${problem}`)
    return { path: named, env: {} }
  }
  const tried: string[] = []
  for (const source of sources) {
    try {
      const program = await source()
      const problem = program && (await trouble(program, version))
      if (program && !problem) return program
      if (program) tried.push(`${program.path} does not start: ${problem}`)
    } catch (error) {
      tried.push(lastLine(error))
    }
  }
  const reasons = tried.map((reason) => `\n  (${reason})`).join('')
  throw new Error(
    `The tests need ${name}: run '${installer(packages)}', or set ${variable} to its path.${reasons}`,
  )
}

/** Looks for the program under each of these names on the PATH, then in these places. */
export function installed(names: readonly string[], places: readonly string[] = []): Source[] {
  // An ordinary user's PATH lacks the folders in which Debian puts servers.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...paths, ...places].map((path) => async () => {
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    return there ? { path, env: {} } : undefined
  })
}

/** Gives the folder of that name in the cache, filled once. Safe when several processes ask at the same time. */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(caches, name)
  const there = () =>
    access(folder).then(
      () => true,
      () => false,
    )
  if (await there()) return folder
  await mkdir(dirname(folder), { recursive: true })
  const unfinished = await mkdtemp(`${folder}.`)
  try {
    await fill(unfinished)
    await rename(unfinished, folder)
  } catch (error) {
    // Somebody was faster, or it failed.
    await rm(unfinished, { recursive: true, force: true })
    if (!(await there())) throw error
  }
  return folder
}

/** Runs the script's finder from the command line: prints the path, or the friendly error and exits with 1. */
export async function main(finder: () => Promise<Program>): Promise<void> {
  try {
    const { path, env } = await finder()
    for (const [name, value] of Object.entries(env)) console.log(`${name}=${value}`)
    console.log(path)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}

async function trouble({ path, env }: Program, version = '--version'): Promise<string | undefined> {
  return exec(path, [version], { env: { ...process.env, ...env }, timeout: 20_000 }).then(
    () => undefined,
    lastLine,
  )
}

function lastLine(error: unknown): string {
  return (
    String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n')
      .at(-1) ?? ''
  )
}

function installer({ apt, brew, dnf }: Wanted['packages']): string {
  if (process.platform === 'darwin') return `brew install ${brew}`
  return process.platform === 'linux'
    ? `sudo apt-get install ${apt}' or 'sudo dnf install ${dnf}`
    : `winget install ${dnf}`
}
