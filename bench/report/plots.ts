/* The plots of `w1`. */
import type { Row } from '../bench.ts'
import { draw, type Line } from './plot.ts'

/** How each server is drawn. Colours that people with any kind of sight tell apart (Okabe and Ito, 2008). */
const looks: Readonly<Record<string, Omit<Line, 'name' | 'values'>>> = {
  hoopsnake: { color: '#00805f', bold: true },
  'Colyseus flat': { color: '#d55e00' },
  'Colyseus arr': { color: '#b8860b' },
  'Socket.IO': { color: '#0072b2' },
  'ws + JSON': { color: '#a8447f' },
  'ws + JSON as bytes': { color: '#a8447f', dashed: true },
  'the limit': { color: '#6e7781', dashed: true },
}

/** Percentiles of lateness, by the columns of the table. */
const percentiles = ['late p50', 'p90', 'p99', 'p99.9'] as const

/** Gives SVG files by name. */
export function plots(rows: readonly Row[]): ReadonlyMap<string, string> {
  const players = [...new Set(rows.map((row) => Number(row['players'])))].sort((a, b) => a - b)
  const crowd = players.includes(1000) ? 1000 : (players.at(-1) ?? 0)
  const over = { places: players.map(String), below: 'players in one room, 20 ticks a second, all see all' }
  const late = rows.filter((row) => row['players'] === crowd)
  return new Map([
    [
      'w1-cpu.svg',
      draw({
        ...over,
        title: 'CPU of the server',
        unit: 'ms per 1,000 ticks told to a client; less is better',
        lines: lines(rows, players.map(String), (row) => [String(row['players']), Number(row['CPU'])]),
      }),
    ],
    [
      'w1-bytes.svg',
      draw({
        ...over,
        title: 'Bytes to each client',
        unit: 'per second, on a logarithmic scale; less is better',
        logarithmic: true,
        lines: lines(rows, players.map(String), (row) => [String(row['players']), Number(row['bytes'])]),
      }),
    ],
    [
      'w1-lateness.svg',
      draw({
        title: `How late ticks come, ${crowd.toLocaleString('en')} players`,
        unit: 'ms, on a logarithmic scale; less is better',
        places: percentiles.map((name) => name.replace('late ', '')),
        below: 'share of all ticks at all clients that is not later',
        logarithmic: true,
        lines: late.map((row) => ({
          ...look(String(row['server'])),
          // Zero has no place on this scale: what is not late at all is drawn as the smallest step that is counted.
          values: percentiles.map((name) => Math.max(0.05, Number(row[name]))),
        })),
      }),
    ],
  ])
}

function lines(
  rows: readonly Row[],
  places: readonly string[],
  pick: (row: Row) => readonly [place: string, value: number],
): Line[] {
  const servers = [...new Set(rows.map((row) => String(row['server'])))]
  return servers.map((server) => {
    const values = new Map(rows.filter((row) => row['server'] === server).map(pick))
    return { ...look(server), values: places.map((place) => values.get(place) ?? NaN) }
  })
}

function look(server: string): Omit<Line, 'values'> {
  return { name: server, ...(looks[server] ?? { color: '#6e7781' }) }
}
