/* What docs/operating.md says of metrics is what the server tells. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { virtualClock } from '../packages/hoopsnake/src/core/clock.ts'
import { countCode, createTelemetry } from '../packages/hoopsnake/src/core/telemetry.ts'
import { metricsOf } from '../packages/hoopsnake/src/server/metrics/metrics.ts'
import { textOf } from '../packages/hoopsnake/src/server/metrics/text.ts'
import { watchThread } from '../packages/hoopsnake/src/server/metrics/thread.ts'
import { createTraffic } from '../packages/hoopsnake/src/server/metrics/traffic.ts'

const text = await readFile(join(import.meta.dirname, '..', 'docs', 'operating.md'), 'utf8')

/** Every metric that there can be: of a server with one game, a thread, jobs, and something refused everywhere. */
function everything() {
  const telemetry = createTelemetry()
  for (const codes of [telemetry.dials, telemetry.refusals, telemetry.closings]) countCode(codes, 'FLOOD')
  const traffic = createTraffic(['snake'])
  traffic.turned('TOO_SLOW')
  const self = watchThread(virtualClock()).report
  const games = [{ game: 'snake', telemetry, rooms: 1, seats: 1, watchers: 0, clients: 1 }]
  return metricsOf({
    rooms: [{ thread: 'rooms 1', answers: true, overdue: 0, self, games }],
    main: self,
    traffic,
    connections: 1,
    limits: { connections: 10, rooms: 10 },
    healthy: true,
    ready: true,
    jobs: {
      workers: 1,
      replaced: 0,
      waiting: 0,
      running: 0,
      done: 0,
      failed: 0,
      timedOut: 0,
      cancelled: 0,
      refused: 0,
    },
    bus: { published: 0, delivered: 0, dropped: 0, pending: 0, requests: 0 },
    busUp: true,
    logged: { warn: 1 },
  })
}

/** Gives what is written in backticks. */
const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)

test('[OP4] the table of metrics has every metric with its labels, and no other', () => {
  const rows = text.split('\n').filter((line) => /^\| `(hoopsnake|process)_/.test(line))
  const written = rows.flatMap((row) => {
    const [, names = '', labels = '', unit = ''] = row.split('|')
    return quoted(names).map((name) => [name, quoted(labels), unit.includes('histogram')] as const)
  })
  const told = everything().map(({ name, type, samples }) => {
    const labels = new Set(samples.flatMap(([labelled]) => Object.keys(labelled)))
    return [name, [...labels], type === 'histogram'] as const
  })
  const byName = (a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]): number =>
    a[0] < b[0] ? -1 : 1
  expect(written.toSorted(byName)).toEqual(told.toSorted(byName))
})

test('[OP4] every name has its unit, and stands once', () => {
  const names = everything().map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, type } of everything())
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
  expect(names.filter((name) => /_(ms|milliseconds|kb)(_|$)/.test(name))).toEqual([])
})

test('[OP4] alerts ask for metrics that there are', () => {
  const told = new Set(textOf(everything()).match(/^[a-z_]+(?=[{ ])/gm))
  const asked = [...text.matchAll(/^ +expr: (.*)$/gm)].flatMap(
    ([, expr]) => expr!.match(/hoopsnake_[a-z_]+/g) ?? [],
  )
  expect(asked.length).toBeGreaterThan(8)
  expect(asked.filter((name) => !told.has(name))).toEqual([])
})
