/* Writes docs/benchmarks.md and its plots from the last result of each bench; what there is none of is measured now. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Ask, Bench } from './bench.ts'
import { load, namesOf } from './list.ts'
import { progress } from './measure/progress.ts'
import { page, type Chapter } from './report/page.ts'
import { plots } from './report/plots.ts'
import { fingerprint, last } from './saved.ts'

const docs = new URL('../docs/', import.meta.url)
const which = ['missing', 'old', 'all'] as const

export const bench: Bench = {
  about: 'writes docs/benchmarks.md from the last result of each of the others',
  options: {
    run: {
      default: 'missing',
      about: 'what to measure before: those without a result; old: also those older than the code; all',
    },
  },
  async run(ask) {
    const names = (await namesOf()).filter((name) => name !== 'report')
    const code = await fingerprint()
    const chapters: Chapter[] = []
    for (const name of names) chapters.push(await chapter(name, code, whichOf(ask)))
    const rows = chapters.find(({ saved }) => saved.name === 'w1')?.saved.result.tables?.[0]?.rows ?? []
    const images = plots(rows)
    await mkdir(new URL('images/', docs), { recursive: true })
    for (const [name, svg] of images) await writeFile(new URL(`images/${name}`, docs), svg)
    await writeFile(new URL('benchmarks.md', docs), page(chapters, [...images.keys()]))
    const old = chapters.filter(({ stale }) => stale).map(({ saved }) => saved.name)
    return {
      figures: chapters.flatMap(({ saved }) =>
        saved.result.figures.map((figure) => ({ ...figure, name: `${saved.name}: ${figure.name}` })),
      ),
      notes: ['docs/benchmarks.md is written.', ...old.map((name) => `${name} is older than the code.`)],
      versions: Object.assign({}, ...chapters.map(({ saved }) => saved.result.versions)) as Record<
        string,
        string
      >,
    }
  },
}

function whichOf(ask: Ask): (typeof which)[number] {
  const found = which.find((one) => one === ask['run'])
  if (found === undefined) throw new Error(`--run ${ask['run']}: give ${which.join(', ')}`)
  return found
}

async function chapter(name: string, code: string, run: (typeof which)[number]): Promise<Chapter> {
  const { about, inReport = {} } = await load(name)
  const before = await last(name)
  const due = before === undefined || run === 'all' || (run === 'old' && before.code !== code)
  if (due) await measure(name, inReport)
  const saved = due ? await last(name) : before
  if (saved === undefined) throw new Error(`${name} has no result`)
  return { about, saved, stale: saved.code !== code, why: await whyOf(name) }
}

async function whyOf(name: string): Promise<string> {
  const text = await readFile(new URL(`report/why/${name}.md`, import.meta.url), 'utf8').catch(() => '')
  return text.trim()
}

/** Runs a bench as its command does, in a process of its own. */
async function measure(name: string, ask: Ask): Promise<void> {
  progress(`measuring: ${name}\n`)
  const options = Object.entries(ask).flatMap(([option, value]) => [`--${option}`, value])
  const file = fileURLToPath(new URL('run.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, file, name, ...options], {
    stdio: ['ignore', 2, 2],
  })
  const kill = (): void => void child.kill('SIGTERM')
  process.once('exit', kill)
  const [ended] = (await once(child, 'exit')) as [number | null]
  process.off('exit', kill)
  if (ended !== 0) throw new Error(`${name} could not be measured`)
}
