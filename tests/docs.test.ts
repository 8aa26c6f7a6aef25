/* What the documents say of one another, and of codes, is so. */
import { access, glob, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { clientCodes } from '../packages/hoopsnake/src/client/codes.ts'
import { codes } from '../packages/hoopsnake/src/core/errors.ts'
import { jobCodes } from '../packages/hoopsnake/src/core/jobs.ts'
import { busCodes } from '../packages/hoopsnake/src/core/message.ts'

const root = join(import.meta.dirname, '..')

/** Codes that stand beside the tables of the source: said in one place each. */
const others = ['CLOSED', 'FAILED', 'MISFIT', 'BUSY']

const documents = new Map<string, string>()
for await (const path of glob('{*.md,{docs,deploy,examples}/*.md,{packages,games}/*/*.md}', { cwd: root })) {
  documents.set(path, await readFile(join(root, path), 'utf8'))
}

/** Gives the anchors of a document, as GitHub makes them of its headings. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, title]) => title!)
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/ /g, '-'),
    ),
  )
}

/** Gives the links of a document that lead nowhere. */
async function brokenLinks(path: string, text: string): Promise<string[]> {
  const links = [...text.replace(/^```.*?^```$/gms, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!)
  const broken: string[] = []
  for (const link of links.filter((to) => !to.startsWith('https:'))) {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : join(dirname(path), file)
    const there = await access(join(root, target)).then(
      () => true,
      () => false,
    )
    if (!there || (anchor !== undefined && !anchorsOf(documents.get(target)!).has(anchor))) broken.push(link)
  }
  return broken
}

test.each([...documents])('every link of %s leads somewhere', async (path, text) => {
  expect(await brokenLinks(path, text)).toEqual([])
})

test('every code stands in docs/errors.md, and no other', () => {
  const tables = documents.get('docs/errors.md')!.split('## Thrown at the programmer')[0]!
  const written = [...tables.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code!)
  const said = [codes, clientCodes, jobCodes, busCodes].flatMap((table) => Object.keys(table))
  expect([...new Set(written)].sort()).toEqual([...new Set([...said, ...others])].sort())
})

test('every file and function that the flows of ARCHITECTURE name is there', async () => {
  const [, flows = ''] = /^## Flows$(.*?)^## /ms.exec(documents.get('ARCHITECTURE.md')!)!
  const sources: string[] = []
  for await (const path of glob('{packages/*/src,games}/**/*.ts', { cwd: root })) sources.push(path)
  const steps = [...flows.matchAll(/`([\w/.]+\.ts)`(?: `(#?\w+)`)?/g)]
  expect(steps.length).toBeGreaterThan(30)
  const wrong: string[] = []
  for (const [step, path, name] of steps) {
    const files = sources.filter((source) => `/${source}`.endsWith(`/${path}`))
    const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')))
    const made = name === undefined ? /^/ : new RegExp(`(?<![\\w.#])${name} ?[(<:]`)
    if (!texts.some((text) => made.test(text))) wrong.push(step)
  }
  expect(wrong).toEqual([])
})
