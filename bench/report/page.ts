/* The page that tells what was measured: docs/benchmarks.md. */
import type { Figure, Row } from '../bench.ts'
import { say } from '../measure/figures.ts'
import type { Saved } from '../saved.ts'
import { table } from '../table.ts'
import { money } from './money.ts'

export interface Chapter {
  readonly about: string
  readonly saved: Saved
  /** Whether the code is another by now. */
  readonly stale: boolean
  /** Where the time goes, by profile, and what would change it; in Markdown. '': nothing to say. */
  readonly why: string
}

/** Writes the page. `images` are the names of the plots of `w1`. */
export function page(chapters: readonly Chapter[], images: readonly string[]): string {
  return [
    '# Measured',
    'Written by `npm run bench -- report` from what was measured; see [bench/README.md](../bench/README.md) for how. Every figure is a ratio to something that was measured beside it, in turn, in the same run: the median over the pairs, with the least and the most of them. Absolute numbers are those of this machine, and of what else it did.',
    machines(chapters),
    '## Goals',
    summary(chapters),
    ...chapters.map((chapter) => section(chapter, images)),
    '',
  ].join('\n\n')
}

function machines(chapters: readonly Chapter[]): string {
  const seen = new Set(
    chapters.map(({ saved }) => `${saved.machine}; Node ${saved.result.versions?.['node']}`),
  )
  return `Machine: ${[...seen].join(' · ')}. Servers run on one core, the load on another, over loopback, without compression.`
}

function summary(chapters: readonly Chapter[]): string {
  const all = chapters.flatMap(({ saved }) => saved.result.figures.map((figure) => ({ saved, figure })))
  const missed = all.filter(({ figure }) => !figure.ok)
  const said =
    missed.length === 0
      ? `All ${all.length} goals are reached.`
      : `${all.length - missed.length} of ${all.length} goals are reached. Missed:`
  return [
    said,
    missed
      .map(({ saved, figure }) => `- \`${saved.name}\`: ${figure.name}: ${say(figure)}, not ${figure.goal}`)
      .join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function section({ about, saved, stale, why }: Chapter, images: readonly string[]): string {
  const { figures, tables = [], notes = [], versions = {} } = saved.result
  const others = Object.entries(versions).filter(([name]) => name !== 'node')
  const parts = [
    `## ${saved.name}`,
    `${about[0]!.toUpperCase()}${about.slice(1)}.`,
    `\`\`\`sh\n${saved.command}\n\`\`\``,
    `Measured ${saved.at.slice(0, 16).replace('T', ' ')} UTC${others.length === 0 ? '' : `, with ${others.map(([name, version]) => `${name} ${version}`).join(', ')}`}.${stale ? ' **The code has changed since.**' : ''}`,
    table(figures.map(rowOf)),
    ...(saved.name === 'w1' ? images.map((image) => `![${image}](images/${image})`) : []),
    ...tables.map(({ title, rows }) => `**${title}**\n\n${table(rows)}`),
    ...notes.map((note) => `- ${note}`),
    ...(why === '' ? [] : [why]),
    ...(saved.name === 'w1' ? [moneySection(tables[0]?.rows ?? [])] : []),
  ]
  return parts.join('\n\n')
}

function rowOf(figure: Figure): Row {
  return {
    figure: figure.name,
    measured: say(figure),
    goal: figure.goal,
    reached: figure.ok ? 'yes' : '**no**',
  }
}

function moneySection(rows: readonly Row[]): string {
  const players = rows.some((row) => row['players'] === 1000) ? 1000 : 500
  return [
    '### In money',
    `What leaves the server in a month of 30 days with 1,000 players always on, ${players === 1000 ? 'in one room' : 'in two rooms of 500'}, all of whom see all. TCP and IP put 52 bytes before each packet of up to 1,448. The price is an example: put yours in its place.`,
    table(money(rows.filter((row) => row['players'] === players))),
  ].join('\n\n')
}
