/* Line plots as SVG. They bring a background of their own, so that they read on light and on dark pages. */
import { linear, logarithmic, spreadOut, type Scale } from './scale.ts'

export interface Plot {
  readonly title: string
  /** What the values on the left are. */
  readonly unit: string
  /** Along the bottom: a name for each place. */
  readonly places: readonly string[]
  readonly below: string
  readonly logarithmic?: boolean
  readonly lines: readonly Line[]
}

export interface Line {
  readonly name: string
  /** One for each place; NaN where there is none. */
  readonly values: readonly number[]
  readonly color: string
  /** Drawn thicker: what the plot is about. */
  readonly bold?: boolean
  readonly dashed?: boolean
}

const [WIDTH, HEIGHT] = [760, 400]
const frame = { left: 76, right: 606, top: 64, bottom: 340 } as const
const [INK, SOFT, RULE, PAPER] = ['#1f2328', '#59636e', '#e3e6ea', '#ffffff']
/** Height of a name beside a line. */
const NAME = 17

export function draw(plot: Plot): string {
  const y = scaleOf(plot)
  const x = (place: number): number =>
    frame.left + ((place + 0.5) / plot.places.length) * (frame.right - frame.left)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" role="img" aria-label="${escape(plot.title)}">`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="8" fill="${PAPER}" stroke="#d1d9e0"/>`,
    text({ x: 24, y: 30, size: 16, fill: INK, bold: true }, plot.title),
    text({ x: 24, y: 50, size: 12, fill: SOFT }, plot.unit),
    ...y.ticks.map((tick) => rule(y.at(tick), tick)),
    ...plot.places.map((name, place) =>
      text({ x: x(place), y: frame.bottom + 20, size: 12, fill: SOFT, anchor: 'middle' }, name),
    ),
    text(
      { x: (frame.left + frame.right) / 2, y: frame.bottom + 42, size: 12, fill: SOFT, anchor: 'middle' },
      plot.below,
    ),
    ...plot.lines.map((line) => polyline(line, x, y)),
    ...names(plot.lines, x, y),
    '</svg>\n',
  ].join('\n')
}

function scaleOf({ lines, logarithmic: byPowers = false }: Plot): Scale {
  const values = lines.flatMap((line) => line.values).filter((value) => value > 0)
  const ends = [frame.bottom, frame.top + 16] as const
  const most = Math.max(...values, 1e-9)
  return byPowers ? logarithmic([Math.min(...values, most), most], ends) : linear(most, ends)
}

function rule(y: number, tick: number): string {
  return [
    `<line x1="${frame.left}" y1="${at(y)}" x2="${frame.right}" y2="${at(y)}" stroke="${RULE}"/>`,
    text({ x: frame.left - 8, y: y + 4, size: 12, fill: SOFT, anchor: 'end' }, tick.toLocaleString('en')),
  ].join('')
}

function polyline({ values, color, bold, dashed }: Line, x: (place: number) => number, y: Scale): string {
  const width = bold ? 3.5 : 2
  const points = seen(values).map(([place, value]) => [at(x(place)), at(y.at(value))] as const)
  const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="${width}" fill="${color}"/>`)
  const dash = dashed ? ' stroke-dasharray="6 5"' : ''
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"${dash}/>${dots.join('')}`
}

/** Writes each name where its line ends, out of the way of the others. */
function names(lines: readonly Line[], x: (place: number) => number, y: Scale): string[] {
  const there = lines.filter(({ values }) => seen(values).length > 0)
  const ends = there.map(({ values }) => seen(values).at(-1)!)
  const heights = spreadOut(
    ends.map(([, value]) => y.at(value)),
    NAME,
  )
  return there.map(({ name, color, bold }, index) => {
    const [place, value] = ends[index]!
    const height = heights[index]!
    const lead = `<line x1="${at(x(place) + 6)}" y1="${at(y.at(value))}" x2="${frame.right + 8}" y2="${at(height)}" stroke="${color}" stroke-opacity="0.45"/>`
    return lead + text({ x: frame.right + 13, y: height + 4, size: 13, fill: color, bold }, name)
  })
}

function seen(values: readonly number[]): [place: number, value: number][] {
  return [...values.entries()].filter(([, value]) => value > 0)
}

interface Place {
  readonly x: number
  readonly y: number
  readonly size: number
  readonly fill: string
  readonly bold?: boolean | undefined
  readonly anchor?: 'middle' | 'end'
}

function text({ x, y, size, fill, bold, anchor }: Place, words: string): string {
  const more = (bold ? ' font-weight="600"' : '') + (anchor === undefined ? '' : ` text-anchor="${anchor}"`)
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}" fill="${fill}"${more}>${escape(words)}</text>`
}

/** A tenth of a pixel is enough. */
function at(value: number): number {
  return Math.round(value * 10) / 10
}

function escape(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
