// The floors of packages/hoopsnake/src: imports only go down. See the floors' table in ARCHITECTURE.md.
import { posix } from 'node:path'

/** Source files by their path below src/. */
export type Tree = ReadonlyMap<string, string>

// '' is src/ itself: the door that shows wire and core.
const floors: Record<string, number> = {
  wire: 0,
  core: 1,
  '': 2,
  client: 2,
  server: 2,
  redis: 3,
  test: 3,
  cli: 4,
}

// These run everywhere, so they may import nothing but each other.
const bare = new Set(['', 'wire', 'core', 'client'])

// Packages that users install only if they want them, and the one folder that may import each.
const homes = new Map([['@redis/client', 'redis']])

interface Import {
  readonly from: string
  /** A path that begins with src/, or the name of a package. */
  readonly to: string
  /** False where only types are imported, which leaves nothing at run time. */
  readonly value: boolean
}

/** Tells what is wrong with the tree's imports and file names, one sentence each. */
export function violations(tree: Tree): string[] {
  const sources = [...tree].filter(([path]) => !/\.test(-d)?\.ts$/.test(path))
  const imports = sources.flatMap(([path, text]) => importsOf(path, text))
  const problems = [...sources.flatMap(([path]) => misnamed(path)), ...imports.flatMap(misdirected)]
  return [...problems, ...cycles(imports.filter(({ value }) => value))]
}

function misnamed(path: string): string[] {
  if (!/(^|\/)(utils?|util[-A-Z][^/]*|helpers?|common)(\.|\/)/.test(path)) return []
  return [`${path}: name it after what is in it; a drawer for everything has no floor`]
}

function misdirected({ from, to }: Import): string[] {
  const folder = folderOf(from)
  if (to.startsWith('..')) return [`${from}: ${to} is outside the package`]
  if (!to.startsWith('src/')) {
    const stray = bare.has(folder) || (homes.get(to) ?? folder) !== folder
    return stray ? [`${from}: '${folder}' may not import ${to}`] : []
  }
  const target = folderOf(to.slice('src/'.length))
  if (target === folder) return []
  const [mine, its] = [floors[folder], floors[target]]
  if (mine === undefined) return [`${from}: src/${folder} has no floor; give it one in tests/floors.ts`]
  if (its === undefined) return [`${from}: imports ${to}, which is on no floor`]
  return its < mine ? [] : [`${from}: '${folder}' (floor ${mine}) may not import '${target}' (floor ${its})`]
}

/** Finds `from '…'` of import and export statements, bare imports and `import('…')`, comments left out. */
function importsOf(from: string, text: string): Import[] {
  const code = text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
  const statements = /^\s*(import|export)\s+(type\b)?[^'"`;=()]*?from\s*['"]([^'"]+)['"]/gm
  const others = /^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
  return [
    ...[...code.matchAll(statements)].map(([, , type, name]) => ({ name: name ?? '', value: !type })),
    ...[...code.matchAll(others)].map(([, name, dynamic]) => ({ name: name ?? dynamic ?? '', value: true })),
  ].map(({ name, value }) => ({ from, to: resolve(from, name), value }))
}

function resolve(from: string, name: string): string {
  return name.startsWith('.') ? posix.join('src', posix.dirname(from), name) : name
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
}

/** Walks the value imports in depth; a file met again on its own path is a cycle. */
function cycles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from)
  const done = new Set<string>()
  const found: string[] = []
  const walk = (file: string, path: readonly string[]) => {
    if (path.includes(file)) found.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`)
    if (done.has(file)) return
    done.add(file)
    for (const { to } of next.get(file) ?? []) walk(to.replace(/^src\//, ''), [...path, file])
  }
  for (const file of next.keys()) walk(file, [])
  return found
}
