/*
 * A storm of joins: a thousand a second for ten seconds over two hundred rooms, each leaving after a second. One player
 * stays in each room, and sees how late its ticks come.
 */
import { count, type Bench } from './bench.ts'
import { startLoad } from './load/load.ts'
import type { StormCount } from './load/storm.ts'
import { atLeast, atMost } from './measure/figures.ts'
import { startServer } from './measure/program.ts'
import { progress } from './measure/progress.ts'

export const bench: Bench = {
  about: 'a thousand joins a second over two hundred rooms, and how late the ticks of those come who stay',
  options: {
    rooms: { default: '200', about: 'how many rooms' },
    joins: { default: '1000', about: 'joins per second' },
    seconds: { default: '10', about: 'how long' },
    storms: { default: '3', about: 'how many storms; the worst of them counts' },
  },
  async run(ask) {
    const [rooms, perSecond] = [count(ask, 'rooms'), count(ask, 'joins')]
    const [seconds, storms] = [count(ask, 'seconds'), count(ask, 'storms')]
    const load = startLoad()
    const server = await startServer(['bench/small/server.ts'])
    const found: StormCount[] = []
    try {
      for (let storm = 1; storm <= storms; storm++) {
        progress(`storm ${storm} of ${storms}`)
        found.push(await load.storm({ port: server.port, rooms, perSecond, seconds, stay: 1000 }))
      }
    } finally {
      await Promise.all([load.stop(), server.stop()])
    }
    return results(found)
  },
}

function results(found: readonly StormCount[]) {
  const joined = Math.min(...found.map((one) => one.joined / one.asked))
  return {
    figures: [
      atMost('most a tick was late (ticks)', Math.max(...found.map(({ late }) => late.most)), 2),
      atLeast('joins that got in / asked for', joined, 0.999),
    ],
    tables: [
      {
        title: 'Storms of joins: late in ticks, time to join in ms',
        rows: found.map(({ asked, joined: got, late, toJoin }) => ({
          joins: asked,
          'got in': got,
          'late p50': late.p50,
          p99: late.p99,
          most: late.most,
          'to join p50': toJoin.p50,
          'to join p99': toJoin.p99,
        })),
      },
    ],
    notes: found.flatMap(({ turnedAway }) =>
      Object.entries(turnedAway).map(([why, times]) => `Turned away ${times} times: ${why}.`),
    ),
  }
}
