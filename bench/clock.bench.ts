/* How exactly rooms tick: 60 Hz beside a load that takes 4 ms of every tick, with the usual clock and the precise one. */
import { createLoops } from '../packages/hoopsnake/src/core/loop.ts'
import { preciseClock, realClock } from '../packages/hoopsnake/src/server/clock.ts'
import { count, type Bench } from './bench.ts'
import { atMost, within } from './measure/figures.ts'
import { percentile } from './measure/pairs.ts'
import { progress } from './measure/progress.ts'

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

/** Runs one loop for so many seconds and measures each tick against its schedule. */
async function measure(name: 'usual' | 'precise', load: number, seconds: number): Promise<Run> {
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
  const saying = setInterval(() => {
    const gone = Math.round((clock.now() - began) / 1000)
    progress(`${name} clock, ${load} ms of load: ${gone} of ${seconds} s`)
  }, 1000)
  await new Promise<void>((resolve) => clock.at(began + seconds * 1000, resolve))
  loop.stop()
  clearInterval(saying)
  const { user, system } = process.cpuUsage(cpu)
  const elapsed = clock.now() - began
  return {
    hz: (loop.stats.stepped * 1000) / elapsed,
    p50: percentile(late, 0.5),
    p99: percentile(late, 0.99),
    skipped: loop.stats.skipped,
    cpu: ((user + system) / 1000 - loop.stats.stepped * load) / elapsed,
  }
}

export const bench: Bench = {
  about: 'how exactly rooms tick, at 60 Hz',
  options: { seconds: { default: '60', about: 'how long each of the two clocks is watched' } },
  async run(ask) {
    const seconds = count(ask, 'seconds')
    const usual = await measure('usual', LOAD, seconds)
    const precise = await measure('precise', 0, seconds)
    return {
      figures: [
        within(`usual clock beside ${LOAD} ms of work, Hz / 60`, usual.hz / HZ, [0.999, 1.001]),
        atMost('precise clock, idle, p50 late (ms)', precise.p50, 0.1),
        atMost('precise clock, idle, p99 late (ms)', precise.p99, 0.5),
        atMost('precise clock, idle, CPU (cores)', precise.cpu, 0.02),
      ],
      tables: [
        {
          title: 'Ticks at 60 Hz; late in ms, CPU besides the work in cores',
          rows: [
            { clock: `usual, ${LOAD} ms of work`, ...usual },
            { clock: 'precise, idle', ...precise },
          ],
        },
      ],
    }
  },
}
