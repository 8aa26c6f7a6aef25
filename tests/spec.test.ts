import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Gives the ids of the rules in SPEC.md, in its order. */
async function ruleIds(): Promise<string[]> {
  const text = await readFile(join(root, 'SPEC.md'), 'utf8')
  return [...text.matchAll(/^- \*\*([A-Z]{2}\d+)\*\* /gm)].map(([, id]) => id!)
}

/** Gives the ids with which titles of tests begin, and a file that has each. */
async function testedIds(): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  // Contract suites are no test files themselves.
  const files = glob('{packages,games,examples,deploy,faults,tests,scripts}/**/{*.test,contracts/**/*}.ts', {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  })
  for await (const file of files) {
    const text = await readFile(join(root, file), 'utf8')
    for (const [, title] of text.matchAll(/['"`]((?:\[[A-Z]{2}\d+\] )+)/g)) {
      for (const [id] of title!.matchAll(/[A-Z]{2}\d+/g)) ids.set(id, file)
    }
  }
  return ids
}

test('every rule has a test, and every id in the title of a test is a rule', async () => {
  const [rules, tested] = [await ruleIds(), await testedIds()]
  expect(rules.length).toBeGreaterThan(100)
  expect(rules.filter((id) => !tested.has(id))).toEqual([])
  expect([...tested].filter(([id]) => !rules.includes(id))).toEqual([])
})

test('ids of rules stand once, from 1 on without gaps', async () => {
  const numbers = Map.groupBy(await ruleIds(), (id) => id.slice(0, 2))
  for (const [prefix, ids] of numbers) expect(ids).toEqual(ids.map((_, i) => `${prefix}${i + 1}`))
})
