import type { Histogram } from '../../core/telemetry.ts'

/*
 * The text format of Prometheus, 0.0.4:
 *
 * # HELP name words
 * # TYPE name counter | gauge | histogram
 * name{label="value",…} number                         one line per sample; of a histogram
 * name_bucket{…,le="bound"} number of values ≤ bound   one for each bound and for +Inf
 * name_sum{…} number · name_count{…} number
 */

/** What tells one sample of a metric from another. An empty value is as good as none. */
export type Labels = Readonly<Record<string, string>>

/** A metric and its values now. */
export interface Metric {
  /** With the unit, and `_total` if it only rises: `hoopsnake_sent_bytes_total`. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly (readonly [labels: Labels, value: number | Histogram])[]
}

/** What a reader of the format is told it gets. */
export const textType = 'text/plain; version=0.0.4; charset=utf-8'

/** Writes metrics as text. Histograms of durations, which are in ms, are written in seconds. */
export function textOf(metrics: readonly Metric[]): string {
  const lines: string[] = []
  for (const { name, help, type, samples } of metrics) {
    if (samples.length === 0) continue
    lines.push(`# HELP ${name} ${escape(help, false)}`, `# TYPE ${name} ${type}`)
    for (const [labels, value] of samples) {
      if (typeof value === 'number') lines.push(`${name}${written(labels)} ${numberOf(value)}`)
      else lines.push(...buckets(name, labels, value))
    }
  }
  return `${lines.join('\n')}\n`
}

function buckets(name: string, labels: Labels, { bounds, counts, sum }: Histogram): string[] {
  const scale = name.endsWith('_seconds') ? 1000 : 1
  let below = 0
  const lines = [...counts].map((count, at) => {
    below += count
    const le = at < bounds.length ? String(bounds[at]! / scale) : '+Inf'
    return `${name}_bucket${written({ ...labels, le })} ${below}`
  })
  return [
    ...lines,
    `${name}_sum${written(labels)} ${numberOf(sum / scale)}`,
    `${name}_count${written(labels)} ${below}`,
  ]
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${escape(value, true)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escape(text: string, quoted: boolean): string {
  const plain = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return quoted ? plain.replaceAll('"', '\\"') : plain
}

/** Fractions in twelve digits: what is beyond is the rounding of sums. */
function numberOf(value: number): string {
  if (!Number.isFinite(value)) return 'NaN'
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(12)))
}
