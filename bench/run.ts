/* `npm run bench -- NAME [--json] [--option value …]` */
import { parseArgs } from 'node:util'
import type { Bench, Result } from './bench.ts'
import { load, namesOf } from './list.ts'
import { allOk, say } from './measure/figures.ts'
import { endProgress } from './measure/progress.ts'
import { keep } from './saved.ts'
import { table } from './table.ts'

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  // What a bench has started ends with it: see measure/program.ts.
  process.on(signal, () => process.exit(code))
}

async function main([name, ...args]: string[]): Promise<void> {
  const names = await namesOf()
  if (name === undefined) return console.log(await overview(names))
  if (!names.includes(name))
    throw new Error(`There is no bench '${name}'. There are:\n${await overview(names)}`)
  const bench = await load(name)
  const { json = false, ...ask } = read(bench, args)
  const result = await bench.run(ask)
  endProgress()
  if (name !== 'report') await keep(name, args, result)
  print(result)
  if (json) console.log(asJson(result))
}

async function overview(names: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    names.map(async (name) => {
      const { about, options = {} } = await load(name)
      const details = Object.entries(options).map(
        ([option, { default: usual, about: what }]) => `\n      ${`--${option} ${usual}`.padEnd(26)} ${what}`,
      )
      return `  ${name.padEnd(9)} ${about}${details.join('')}`
    }),
  )
  return `npm run bench -- NAME [--json]\n\n${lines.join('\n')}`
}

function read({ options = {} }: Bench, args: string[]): Record<string, string> & { json?: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean' },
      ...Object.fromEntries(
        Object.entries(options).map(([name, option]) => [
          name,
          { type: 'string', default: option.default } as const,
        ]),
      ),
    },
  })
  return values as Record<string, string> & { json?: boolean }
}

function print({ figures, tables = [], notes = [] }: Result): void {
  for (const { title, rows } of tables) console.log(`\n${title}\n\n${table(rows)}`)
  for (const note of notes) console.log(`\n${note}`)
  const rows = figures.map((figure) => ({
    figure: figure.name,
    measured: say(figure),
    goal: figure.goal,
    reached: figure.ok ? 'yes' : 'no',
  }))
  console.log(`\n${table(rows)}`)
}

function asJson({ figures, versions }: Result): string {
  return JSON.stringify({
    ok: allOk(figures),
    figures,
    versions: { node: process.versions.node, ...versions },
  })
}

main(process.argv.slice(2)).then(
  () => process.exit(),
  (error: Error) => {
    endProgress()
    console.error(error.message)
    process.exit(1)
  },
)
