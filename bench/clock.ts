/*
 * How exactly rooms tick: 60 Hz beside a load that takes 4 ms of every tick, with the usual clock and the precise one.
 *
 *   npm run bench -- clock [--seconds 60] [--json]
 */
import { parseArgs } from 'node:util'
import { createLoops } from '../packages/hoopsnake/src/core/loop.ts'
import { preciseClock, realClock } from '../packages/hoopsnake/src/server/clock.ts'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, json: { type: 'boolean' } },
})
const seconds = Number(values.seconds)
const HZ = 60
const LOAD = 4

interface Run {
  readonly hz: number
  /** Lateness in ms. */
  readonly p50: number
  readonly p99: number
  readonly skipped: number
  /** Share of one core that the process used besides the load. */
  readonly cpu: number
}

/** Runs one loop for so long and measures each tick against its schedule. */
async function measure(name: string, load: number): Promise<Run> {
  const clock = realClock()
  const loops = createLoops(name === 'precise' ? preciseClock() : clock)
  const late: number[] = []
  const began = clock.now()
  const cpu = process.cpuUsage()
  const loop = loops.start({
    hz: HZ,
    step(_, { ms }) {
      late.push(ms)
      for (const end = clock.now() + load; clock.now() < end;);
    },
  })
  const progress = setInterval(() => {
    process.stderr.write(
      `\r${name}, ${load} ms of load: ${Math.round((clock.now() - began) / 1000)} of ${seconds} s `,
    )
  }, 1000)
  await new Promise<void>((resolve) => clock.at(began + seconds * 1000, resolve))
  loop.stop()
  clearInterval(progress)
  process.stderr.write('\n')
  const { user, system } = process.cpuUsage(cpu)
  const elapsed = clock.now() - began
  late.sort((a, b) => a - b)
  const at = (share: number): number =>
    late[Math.min(late.length - 1, Math.floor(share * late.length))] ?? NaN
  return {
    hz: (loop.stats.stepped * 1000) / elapsed,
    p50: at(0.5),
    p99: at(0.99),
    skipped: loop.stats.skipped,
    cpu: ((user + system) / 1000 - loop.stats.stepped * load) / elapsed,
  }
}

const usual = await measure('usual', LOAD)
const precise = await measure('precise', 0)
const figures = [
  {
    name: 'usual clock under load, Hz / 60',
    ratio: usual.hz / HZ,
    goal: '0.999 … 1.001',
    ok: Math.abs(usual.hz / HZ - 1) < 0.001,
  },
  { name: 'precise clock idle, p50 late (ms)', ratio: precise.p50, goal: '≤ 0.1', ok: precise.p50 <= 0.1 },
  { name: 'precise clock idle, p99 late (ms)', ratio: precise.p99, goal: '≤ 0.5', ok: precise.p99 <= 0.5 },
  { name: 'precise clock idle, CPU (cores)', ratio: precise.cpu, goal: '≤ 0.02', ok: precise.cpu <= 0.02 },
]
console.table(
  figures.map(({ name, ratio, goal, ok }) => ({ name, measured: Number(ratio.toFixed(4)), goal, ok })),
)
console.log(
  `usual under load: p50 ${usual.p50.toFixed(2)} ms, p99 ${usual.p99.toFixed(2)} ms late, ${usual.skipped} skipped`,
)
if (values.json)
  console.log(JSON.stringify({ ok: figures.every(({ ok }) => ok), figures, versions: process.versions }))
