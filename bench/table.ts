import type { Row } from './bench.ts'

/** Writes rows as a table that reads well as it is, and as Markdown. Columns are those of the first row. */
export function table(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = [names, ...rows.map((row) => names.map((name) => cell(row[name])))]
  const widths = names.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)))
  const numeric = names.map((name) => rows.every((row) => typeof row[name] === 'number'))
  const written = lines.map((line) =>
    bars(
      line.map((text, column) =>
        numeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      ),
    ),
  )
  const rule = bars(
    widths.map((width, column) => (numeric[column] ? '-'.repeat(width - 1) + ':' : '-'.repeat(width))),
  )
  return [written[0], rule, ...written.slice(1)].join('\n')
}

function bars(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function cell(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? ''
  if (Number.isNaN(value)) return '–'
  return Number.isInteger(value) ? value.toLocaleString('en') : digits(value)
}

/** Three digits that mean something. */
function digits(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4)
}
