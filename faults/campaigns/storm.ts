import { atLeast, atMost, type Campaign, exactly } from '../campaign.ts'
import { startOwn } from '../own.ts'
import { dialPlayer } from '../player.ts'
import { calm, small } from '../rooms.ts'
import { after, quantile } from '../spread.ts'

export const campaign: Campaign = {
  about: '--count joins a second for --seconds, ten to a room; who came leaves after a second',
  usual: { count: 1000, seconds: 10 },
  async run({ count, seconds, progress }) {
    await using server = await startOwn()
    const others = await Promise.all(Array.from({ length: 20 }, () => dialPlayer(server.port, calm.of)))
    await after(1000)
    const before = others[0]!.state.skipped
    const times: number[] = []
    let failed = 0
    let asked = 0
    const began = performance.now()
    const joins: Promise<void>[] = []
    const join = async (): Promise<void> => {
      const from = performance.now()
      try {
        const player = await dialPlayer(server.port, small.of)
        times.push(performance.now() - from)
        await after(1000)
        player.leave()
        await player.wire.ended
        player.drop()
      } catch {
        failed++
      }
    }
    while (performance.now() - began < seconds * 1000) {
      // By the schedule, not by the answers: a storm does not wait.
      const due = Math.min(count * seconds, ((performance.now() - began) * count) / 1000)
      for (; asked < due; asked++) joins.push(join())
      await after(5)
      if (asked % count < 10) progress(`${asked} joins asked, ${times.length} are in`)
    }
    const rate = asked / ((performance.now() - began) / 1000)
    await Promise.all(joins)
    const missed = others[0]!.state.skipped - before
    await after(500)
    const { connections } = await server.health()
    for (const other of others) other.drop()
    return [
      atLeast('joins asked a second', rate, count * 0.95),
      exactly('joins that failed', failed, 0),
      atMost('p50 until the first state', quantile(times, 0.5), 500, 'ms'),
      atMost('p99 until the first state', quantile(times, 0.99), 500, 'ms'),
      atMost('ticks that others missed', missed, 2),
      exactly('connections left', connections, others.length),
    ]
  },
}
