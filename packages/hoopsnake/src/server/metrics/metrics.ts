import { readFileSync } from 'node:fs'
import type { BusCounts } from '../../core/bus.ts'
import { WIRE } from '../../core/frames/kinds.ts'
import {
  addGames,
  type ByCode,
  type GameReport,
  type Histogram,
  type Telemetry,
} from '../../core/telemetry.ts'
import type { JobCounts } from '../jobs/pool.ts'
import type { RoomsReport } from '../place/place.ts'
import type { Labels, Metric } from './text.ts'
import type { ThreadReport } from './thread.ts'
import type { Traffic } from './traffic.ts'

/** Everything that metrics are made from, as it is now. */
export interface Measured {
  readonly rooms: readonly RoomsReport[]
  /** The thread of the sockets. */
  readonly main: ThreadReport
  readonly traffic: Traffic
  readonly connections: number
  readonly limits: { readonly connections: number; readonly rooms: number }
  readonly healthy: boolean
  readonly ready: boolean
  readonly jobs: JobCounts | undefined
  readonly bus: BusCounts
  readonly busUp: boolean
  /** Entries of the log so far, by level. */
  readonly logged: Readonly<Record<string, number>>
}

type Sample = Metric['samples'][number]

/** Gives all metrics. Each stands in the table of docs/operating.md. */
export function metricsOf(now: Measured): Metric[] {
  const { rooms, traffic, jobs } = now
  const games = addGames(rooms.map((report) => report.games))
  const threads = [{ thread: 'main', self: now.main }, ...rooms].filter(({ self }) => self !== undefined)
  const { published, delivered, dropped, pending, requests } = now.bus
  return [
    ...ofGames(games),
    histogram('hoopsnake_rtt_seconds', 'Round trips of pings to clients.', sorted(traffic.rtt, 'game')),
    gauge('hoopsnake_connections', 'WebSockets that are open.', [[{}, now.connections]]),
    gauge('hoopsnake_limit', 'Most connections and rooms at once, by the options.', [
      [{ of: 'connections' }, now.limits.connections],
      [{ of: 'rooms' }, now.limits.rooms],
    ]),
    counter(
      'hoopsnake_turned_away_total',
      'Dials that the gateway refused before any room.',
      sorted(traffic.turnedAway, 'code'),
    ),
    ...ofThreads(threads, rooms),
    ...(jobs === undefined ? [] : ofJobs(jobs)),
    counter(
      'hoopsnake_bus_messages_total',
      'Messages on the bus, as this server saw them.',
      eachOf('outcome', { published, delivered, dropped }),
    ),
    gauge('hoopsnake_bus_pending', 'Messages that wait for their listener.', [[{}, pending]]),
    gauge('hoopsnake_bus_requests', 'Requests that wait for an answer.', [[{}, requests]]),
    gauge('hoopsnake_bus_up', '1 while the bus has its connection.', [[{}, Number(now.busUp)]]),
    counter(
      'hoopsnake_log_entries_total',
      'Entries of the log, those left out included.',
      eachOf('level', now.logged),
    ),
    gauge('hoopsnake_healthy', '1 if /healthz says so.', [[{}, Number(now.healthy)]]),
    gauge('hoopsnake_ready', '1 if /readyz says so.', [[{}, Number(now.ready)]]),
    ...ofProcess(),
  ]
}

type Make = (name: string, help: string, samples: readonly Sample[]) => Metric
const make =
  (type: Metric['type']): Make =>
  (name, help, samples) => ({ name, type, help, samples })
const [counter, gauge, histogram] = [make('counter'), make('gauge'), make('histogram')]

function eachOf(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([key, value]) => [{ [label]: key }, value])
}

/** Gives a sample for each entry, in an order that does not change from one time to the next. */
function sorted(values: ReadonlyMap<string, number | Histogram>, label: string, and: Labels = {}): Sample[] {
  return [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [{ ...and, [label]: key }, value])
}

type Row = readonly [name: string, of: Make, field: keyof Telemetry, help: string]

/** Metrics of games that are one number or histogram each. */
const plain: readonly Row[] = [
  ['hoopsnake_tick_seconds', histogram, 'turn', 'Time of a turn of a room: ticks, encoding, writing.'],
  ['hoopsnake_tick_lateness_seconds', histogram, 'late', 'How long after it was due a turn began.'],
  ['hoopsnake_encode_seconds', histogram, 'encode', 'Time of comparing and encoding a flush.'],
  ['hoopsnake_inbox_entries', histogram, 'inbox', 'What waited in the inbox at a turn.'],
  ['hoopsnake_frames_sent_total', counter, 'framesOut', 'State frames written to clients.'],
  ['hoopsnake_sent_bytes_total', counter, 'bytesOut', 'Bytes of state frames.'],
  ['hoopsnake_frames_owed_total', counter, 'framesOwed', 'Flushes not sent to who does not keep up.'],
  ['hoopsnake_frames_received_total', counter, 'framesIn', 'Frames from clients that are in.'],
  ['hoopsnake_received_bytes_total', counter, 'bytesIn', 'Bytes of frames from clients.'],
]

/** Those that are counted by code. */
const coded: readonly (readonly [...Row, label: string])[] = [
  ['hoopsnake_dials_total', counter, 'dials', 'What became of dials that came to a room.', 'outcome'],
  ['hoopsnake_input_refusals_total', counter, 'refusals', 'Inputs refused or failed, by code.', 'code'],
  ['hoopsnake_closings_total', counter, 'closings', 'Clients that a room sent away, by code.', 'code'],
]

function ofGames(games: readonly GameReport[]): Metric[] {
  const byOutcome = (...fields: readonly (keyof Telemetry)[]): Sample[] =>
    games.flatMap(({ game, telemetry }) =>
      fields.map((outcome): Sample => [{ game, outcome }, telemetry[outcome] as number]),
    )
  const there = (field: 'rooms' | 'seats' | 'watchers' | 'clients'): Sample[] =>
    games.map((report) => [{ game: report.game }, report[field]])
  return [
    ...plain.map(([name, of, field, help]) =>
      of(
        name,
        help,
        games.map(({ game, telemetry }) => [{ game }, telemetry[field] as number | Histogram]),
      ),
    ),
    ...coded.map(([name, of, field, help, label]) =>
      of(
        name,
        help,
        games.flatMap(({ game, telemetry }) => sorted(telemetry[field] as ByCode, label, { game })),
      ),
    ),
    counter('hoopsnake_ticks_total', 'Ticks that fell due.', byOutcome('made', 'skipped', 'dilated')),
    counter('hoopsnake_inputs_total', 'Inputs consumed.', byOutcome('applied', 'refused', 'failed')),
    gauge('hoopsnake_rooms', 'Rooms that are open or opening.', there('rooms')),
    gauge('hoopsnake_seats', 'Seats that are taken, those held included.', there('seats')),
    gauge('hoopsnake_watchers', 'Watchers.', there('watchers')),
    gauge('hoopsnake_clients', 'Connections of seats and watchers.', there('clients')),
  ]
}

function ofThreads(
  threads: readonly { readonly thread: string; readonly self: ThreadReport | undefined }[],
  rooms: readonly RoomsReport[],
): Metric[] {
  const each = (pick: (self: ThreadReport) => number | Histogram): Sample[] =>
    threads.map(({ thread, self }) => [{ thread }, pick(self!)])
  const ofRooms = (pick: (report: RoomsReport) => number): Sample[] =>
    rooms.map((report) => [{ thread: report.thread }, pick(report)])
  return [
    histogram(
      'hoopsnake_event_loop_delay_seconds',
      'How late the event loop is.',
      each(({ delay }) => delay),
    ),
    counter(
      'hoopsnake_thread_cpu_seconds_total',
      'CPU time of a thread.',
      each(({ cpu }) => cpu),
    ),
    gauge(
      'hoopsnake_thread_heap_bytes',
      'Heap of a thread that is in use.',
      each(({ heap }) => heap),
    ),
    gauge(
      'hoopsnake_thread_up',
      '1 while a thread of rooms answers.',
      ofRooms(({ answers }) => Number(answers)),
    ),
    gauge(
      'hoopsnake_tick_overdue_seconds',
      'Age of the oldest tick that is due.',
      ofRooms((r) => r.overdue / 1000),
    ),
  ]
}

function ofJobs({
  workers,
  replaced,
  waiting,
  running,
  done,
  failed,
  timedOut,
  cancelled,
  refused,
}: JobCounts): Metric[] {
  const ended = { done, failed, timed_out: timedOut, cancelled, refused }
  return [
    gauge('hoopsnake_job_workers', 'Workers that are ready.', [[{}, workers]]),
    counter('hoopsnake_job_workers_replaced_total', 'Workers started in place of others.', [[{}, replaced]]),
    gauge('hoopsnake_jobs', 'Jobs that wait or run.', [
      [{ state: 'waiting' }, waiting],
      [{ state: 'running' }, running],
    ]),
    counter('hoopsnake_jobs_total', 'Jobs that are over.', eachOf('outcome', ended)),
  ]
}

/** By the names that Prometheus gives them for every program. */
function ofProcess(): Metric[] {
  const { user, system } = process.cpuUsage()
  const { rss } = process.memoryUsage()
  const build = { version, node: process.versions.node, wire: String(WIRE) }
  return [
    counter('process_cpu_seconds_total', 'CPU time of the process.', [[{}, (user + system) / 1e6]]),
    gauge('process_resident_memory_bytes', 'Memory of the process.', [[{}, rss]]),
    gauge('process_start_time_seconds', 'When it started, since 1970.', [
      [{}, performance.timeOrigin / 1000],
    ]),
    gauge('hoopsnake_build_info', 'Always 1; what runs.', [[build, 1]]),
  ]
}

const version = versionOf(new URL('../../../package.json', import.meta.url))

/** Reads the version of this package; '' where it was bundled into something else. */
function versionOf(manifest: URL): string {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
  } catch {
    return ''
  }
}
