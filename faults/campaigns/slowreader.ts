import { Writer } from 'hoopsnake'
import { atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { startOwn } from '../own.ts'
import type { Program } from '../program.ts'
import { dialPlayer, type Player } from '../player.ts'
import { startProxy } from '../proxy.ts'
import { calm, HZ } from '../rooms.ts'
import { after, quantile, within } from '../spread.ts'

/** Bytes that change at every tick: about 100 KB a second for everybody. */
const NOISE = 2000

type Steady = Player<typeof calm.of>

export const campaign: Campaign = {
  about: '--count clients that read nothing, or 1 KB/s, for --seconds, in a room that sends 100 KB/s',
  usual: { count: 50, seconds: 10 },
  async run({ count, seconds, progress }) {
    await using server = await startOwn()
    const first = await dialPlayer(server.port, calm.of, {
      intent: { intent: 'create', private: false, ask: options() },
    })
    const code = first.welcome.room
    const enter = (port: number, many: number): Promise<Steady[]> =>
      Promise.all(Array.from({ length: many }, () => dialPlayer(port, calm.of, { code })))
    const others = await enter(server.port, 20)
    const figures: Figure[] = []
    for (const how of ['nothing', '1 KB/s'] as const) {
      const proxy = await startProxy(server.port)
      const slow = await enter(how === 'nothing' ? server.port : proxy.port, count)
      await after(1000)
      const before = await measure(server, others, seconds)
      progress(`${count} clients read ${how} for ${seconds} s`)
      if (how === '1 KB/s') proxy.weather({ bandwidth: 1000 }, 'down')
      else for (const { wire } of slow) wire.socket.pause()
      const meanwhile = await measure(server, others, seconds)
      const { tick } = first
      proxy.weather({})
      for (const { wire } of slow) wire.socket.resume()
      const woke = performance.now()
      const there = await within(5000, () => slow.every((one) => one.tick > tick))
      const took = (performance.now() - woke) / 1000
      const read = how === 'nothing' ? 'read nothing' : 'read 1 KB/s'
      figures.push(
        atMost(
          `${read}: memory of the server per client`,
          (meanwhile.memory - before.memory) / count / 1024,
          256,
          'KiB',
        ),
        atMost(`${read}: more p99 of others between two frames`, meanwhile.p99 - before.p99, 1000 / HZ, 'ms'),
        atMost(`${read}: ticks that others missed`, meanwhile.missed - before.missed, 0),
        exactly(`${read}: all have the latest state when they wake`, String(there), 'true'),
        // What stands in the buffers of two kernels comes first; a whole state is sent at most once a second.
        atMost(`${read}: after`, took, how === 'nothing' ? 1.5 : 3, 's'),
        exactly(
          `${read}: deltas on a state they had not`,
          slow.reduce((sum, { lost }) => sum + lost, 0),
          0,
        ),
        exactly(`${read}: closed`, slow.filter((one) => one.code !== undefined).length, 0),
      )
      for (const one of slow) one.drop()
      await proxy.stop()
    }
    return figures
  },
}

interface Measured {
  readonly memory: number
  readonly p99: number
  readonly missed: number
}

async function measure(server: Program, others: readonly Steady[], seconds: number): Promise<Measured> {
  for (const { gaps } of others) gaps.length = 0
  await after(seconds * 1000)
  const p99 = quantile(
    others.flatMap(({ gaps }) => gaps),
    0.99,
  )
  const { heap, external } = await server.ask('memory')
  return { memory: heap + external, p99, missed: others[0]!.state.skipped }
}

function options(): Uint8Array {
  const w = new Writer()
  w.u8(1)
  calm.of.options.write(w, { noise: NOISE })
  return w.take()
}
