import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Entry {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Record<string, string>
}

const packages = await packagesOf('.')

// npm forgets the binaries of other platforms when they are missing where the lock is made; `npm ci` fails there then.
test('the lock file holds the binaries of every platform', () => {
  expect(missing(packages)).toEqual([])
})

test('a lock file that lacks one is refused', () => {
  const lock = {
    'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0', 'a-mac': '1.0.0' } },
    'node_modules/a-linux': {},
  }
  expect(missing(lock)).toEqual(['a-mac'])
})

test.each(['.', 'bench/peers'])(
  'the lock file in %s names no registry, so that each machine uses its own',
  async (folder) => {
    const addresses = Object.values(await packagesOf(folder)).flatMap(({ resolved, link }) =>
      resolved && !link ? [resolved] : [],
    )
    expect(addresses).toEqual([])
  },
)

async function packagesOf(folder: string): Promise<Record<string, Entry>> {
  const text = await readFile(join(import.meta.dirname, '..', folder, 'package-lock.json'), 'utf8')
  return (JSON.parse(text) as { packages: Record<string, Entry> }).packages
}

function missing(entries: Record<string, Entry>): string[] {
  const names = Object.values(entries).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  )
  const present = Object.keys(entries)
  return names.filter((name) => !present.some((path) => path.endsWith(`node_modules/${name}`)))
}
