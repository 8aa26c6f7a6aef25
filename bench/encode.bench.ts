/*
 * What encoding a tick costs: all snakes of a room in mode open move, some turn. hoopsnake compares the whole state
 * with its shadow, as its rooms do; the others are given what changed, or track it.
 */
import { count, counts, type Bench, type Row } from './bench.ts'
import { contenders } from './encode/contenders.ts'
import { atMost, type Figure } from './measure/figures.ts'
import { PAIRS, percentile, ratio, rounds, spread } from './measure/pairs.ts'
import { installPeers, peerVersions } from './measure/peers.ts'
import { progress } from './measure/progress.ts'

/** Time of the median tick and bytes of the mean one, for each snake. */
interface Run {
  readonly ns: number
  readonly bytes: number
}

type Runs = Readonly<Record<string, readonly Run[]>>

export const bench: Bench = {
  about: 'time and bytes of what a tick changed, against @colyseus/schema, msgpackr and JSON',
  options: {
    snakes: { default: '200,1000', about: 'numbers of moving snakes, with commas between them' },
    ticks: { default: '300', about: 'how many are encoded by each in each round' },
    pairs: { default: String(PAIRS), about: 'rounds' },
  },
  async run(ask) {
    const [snakes, ticks, pairs] = [counts(ask, 'snakes'), count(ask, 'ticks'), count(ask, 'pairs')]
    await installPeers()
    const figures: Figure[] = []
    const rows: Row[] = []
    for (const number of snakes) {
      const runs = await measure(number, ticks, pairs)
      figures.push(...figuresOf(number, runs))
      rows.push(...Object.entries(runs).map(([name, all]) => rowOf(number, name, all)))
    }
    return {
      figures,
      tables: [{ title: 'Encoding a tick, for each moving snake', rows }],
      notes: [
        'Bodies are told by hoopsnake alone, and with the others implied by the moves; flat, hoopsnake has the six fields of schema.',
      ],
      versions: await peerVersions(),
    }
  },
}

async function measure(snakes: number, ticks: number, pairs: number): Promise<Runs> {
  const things: Record<string, () => Run> = {}
  for (const [name, prepare] of Object.entries(contenders)) {
    const encoding = await prepare(snakes)
    things[name] = () => {
      let bytes = 0
      const times = Array.from({ length: ticks }, () => {
        encoding.move()
        const start = process.hrtime.bigint()
        const encoded = encoding.encode()
        const ns = Number(process.hrtime.bigint() - start)
        bytes += Buffer.byteLength(encoded)
        return ns
      })
      return { ns: percentile(times, 0.5) / snakes, bytes: bytes / ticks / snakes }
    }
  }
  // Some for nothing, so that each has compiled what it runs.
  await rounds(3, things, (text) => progress(`${snakes} snakes, warming up, ${text}`))
  return rounds(pairs, things, (text) => progress(`${snakes} snakes, ${text}`))
}

function figuresOf(snakes: number, runs: Runs): Figure[] {
  const ns = (name: string): number[] => runs[name]!.map((run) => run.ns)
  const bytes = (name: string): number[] => runs[name]!.map((run) => run.bytes)
  const of = `of ${snakes}`
  return [
    atMost(`ns for each moving snake ${of}`, spread(ns('hoopsnake')), 25),
    atMost(`ns for each moving snake ${of}, flat`, spread(ns('hoopsnake, flat')), 25),
    atMost(`bytes for each moving snake ${of}`, spread(bytes('hoopsnake')), 1.8),
    atMost(`bytes / schema, flat, ${of}`, ratio(bytes('hoopsnake'), bytes('schema')), 0.35),
    atMost(`time / schema, flat, ${of}`, ratio(ns('hoopsnake'), ns('schema')), 1),
    atMost(`time, both flat, / schema ${of}`, ratio(ns('hoopsnake, flat'), ns('schema')), 1),
    atMost(`time / msgpackr ${of}`, ratio(ns('hoopsnake'), ns('msgpackr')), 1),
    atMost(`time / JSON ${of}`, ratio(ns('hoopsnake'), ns('json')), 1),
  ]
}

function rowOf(snakes: number, encoding: string, runs: readonly Run[]): Row {
  const ns = spread(runs.map((run) => run.ns))
  const { median: bytes } = spread(runs.map((run) => run.bytes))
  return { snakes, encoding, bytes, ns: ns.median, least: ns.low, most: ns.high }
}
