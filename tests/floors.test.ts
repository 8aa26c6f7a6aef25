import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { violations } from './floors.ts'

const src = join(import.meta.dirname, '..', 'packages', 'hoopsnake', 'src')

test('imports only go down', async () => {
  const files = (await readdir(src, { recursive: true, withFileTypes: true })).filter((file) =>
    file.name.endsWith('.ts'),
  )
  const paths = files.map((file) => join(file.parentPath, file.name))
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  const tree = new Map(paths.map((path, i) => [relative(src, path).split(sep).join('/'), texts[i] ?? '']))
  expect(tree.size).toBeGreaterThan(5)
  expect(violations(tree)).toEqual([])
})

describe('a bad tree is refused', () => {
  const refused: [why: string, files: Record<string, string>][] = [
    ['upward', { 'wire/a.ts': `import { b } from '../core/b.ts'` }],
    ['upward, types only', { 'core/a.ts': `import type { B } from '../server/b.ts'` }],
    ['upward, over several lines', { 'core/a.ts': `import {\n  b,\n  c,\n} from '../client/b.ts'` }],
    ['upward, as an export', { 'wire/a.ts': `export * from '../core/b.ts'` }],
    ['upward, while it runs', { 'core/a.ts': `const b = await import('../server/b.ts')` }],
    ['sideways', { 'client/a.ts': `import { b } from '../server/b.ts'` }],
    ['through the door', { 'client/a.ts': `import { b } from '../index.ts'` }],
    ['out of the package', { 'server/a.ts': `import { b } from '../../../other/b.ts'` }],
    ['a Node module in core', { 'core/a.ts': `import 'node:fs'` }],
    ['a package in wire', { 'wire/a.ts': `import { x } from 'ws'` }],
    ['a package in the client', { 'client/a.ts': `import type { x } from 'ws'` }],
    ['an optional package, not at home', { 'server/a.ts': `import { createClient } from '@redis/client'` }],
    ['a folder without a floor', { 'attic/a.ts': `import { b } from '../wire/b.ts'` }],
    [
      'a cycle of two',
      { 'core/a.ts': `import { b } from './b.ts'`, 'core/b.ts': `import { a } from './a.ts'` },
    ],
    ['a drawer', { 'core/utils.ts': '' }],
    ['a folder of drawers', { 'core/helpers/ids.ts': '' }],
  ]
  test.each(refused)('%s', (_, files) => {
    expect(violations(new Map(Object.entries(files)))).toHaveLength(1)
  })
})

test('what is allowed passes', () => {
  const tree = new Map([
    ['wire/b.ts', '// import { a } from "../core/a.ts"'],
    ['core/a.ts', `import { b } from '../wire/b.ts'\nimport type { C } from './c.ts'`],
    ['core/c.ts', `/* import 'node:fs' */\nimport { a } from './a.ts'`],
    ['core/a.test.ts', `import { test } from 'vitest'\nimport { simulate } from '../test/simulate.ts'`],
    ['server/s.ts', `import { createServer } from 'node:http'\nimport { WebSocketServer } from 'ws'`],
    ['redis/r.ts', `import { createClient } from '@redis/client'\nimport { s } from '../server/s.ts'`],
    ['test/simulate.ts', `import { s } from '../server/s.ts'\nimport { c } from '../client/c.ts'`],
  ])
  expect(violations(tree)).toEqual([])
})
