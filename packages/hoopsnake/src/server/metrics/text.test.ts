import { expect, test } from 'vitest'
import { createHistogram, record } from '../../core/telemetry.ts'
import { textOf } from './text.ts'

test('[OP4] counters and gauges have HELP, TYPE and a line per sample; labels are escaped, empty ones left out', () => {
  const text = textOf([
    {
      name: 'hoopsnake_ticks_total',
      help: 'Ticks\nthat \\ fell due.',
      type: 'counter',
      samples: [
        [{ game: 'snake', outcome: 'made' }, 12_345_678_901_234],
        [{ game: '', outcome: 'a "b" \\ c\nd' }, 0.1 + 0.2],
      ],
    },
    { name: 'hoopsnake_none', help: 'Nothing to say.', type: 'gauge', samples: [] },
    { name: 'hoopsnake_up', help: 'Whether.', type: 'gauge', samples: [[{}, 1]] },
  ])
  expect(text).toBe(
    [
      '# HELP hoopsnake_ticks_total Ticks\\nthat \\\\ fell due.',
      '# TYPE hoopsnake_ticks_total counter',
      'hoopsnake_ticks_total{game="snake",outcome="made"} 12345678901234',
      'hoopsnake_ticks_total{outcome="a \\"b\\" \\\\ c\\nd"} 0.3',
      '# HELP hoopsnake_up Whether.',
      '# TYPE hoopsnake_up gauge',
      'hoopsnake_up 1',
      '',
    ].join('\n'),
  )
})

test('[OP4] a histogram counts up to each bound, and durations are in seconds', () => {
  const histogram = createHistogram([1, 2.5])
  for (const value of [0.5, 2, 2, 99]) record(histogram, value)
  const lines = (name: string): string[] =>
    textOf([{ name, help: '', type: 'histogram', samples: [[{ game: 'pit' }, histogram]] }])
      .split('\n')
      .filter((line) => line.startsWith('a'))
  expect(lines('a_seconds')).toEqual([
    'a_seconds_bucket{game="pit",le="0.001"} 1',
    'a_seconds_bucket{game="pit",le="0.0025"} 3',
    'a_seconds_bucket{game="pit",le="+Inf"} 4',
    'a_seconds_sum{game="pit"} 0.1035',
    'a_seconds_count{game="pit"} 4',
  ])
  expect(lines('a_entries')[0]).toBe('a_entries_bucket{game="pit",le="1"} 1')
  expect(lines('a_entries').at(-2)).toBe('a_entries_sum{game="pit"} 103.5')
})
