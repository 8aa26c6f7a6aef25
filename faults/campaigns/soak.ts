import { atLeast, atMost, type Campaign, exactly } from '../campaign.ts'
import { startOwn } from '../own.ts'
import { dialPlayer, type Player } from '../player.ts'
import { calm, HZ, small } from '../rooms.ts'
import { after, seeded } from '../spread.ts'

/** How often somebody comes, leaves, drops or says something, in ms. */
const EVERY = 20

/** Until the seats of those who were lost are given up, and their rooms closed, in ms. */
const REST = 20_000

/** Heap that comes and goes: what a collection leaves varies by so much. */
const NOISE = 3

export const campaign: Campaign = {
  about: '--count clients come, play, drop, come back and leave, for --minutes; one room ticks all along',
  usual: { count: 100, seconds: 1800 },
  async run({ count, seconds, seed, progress }) {
    await using server = await startOwn()
    const random = seeded(seed)
    const watch = await dialPlayer(server.port, calm.of)
    const players: Player[] = []
    let visits = 0
    const churn = async (): Promise<void> => {
      const act = random()
      const who = players[Math.floor(random() * players.length)]
      if (players.length < count / 2 || (act < 0.4 && players.length < count)) {
        visits++
        players.push(await dialPlayer(server.port, small.of))
      } else if (act < 0.6) who!.input('mark')
      else {
        players.splice(players.indexOf(who!), 1)
        if (act < 0.8) who!.leave()
        else who!.drop()
      }
    }
    const through = async (ms: number): Promise<void> => {
      for (const end = performance.now() + ms; performance.now() < end; await after(EVERY)) await churn()
    }
    const rest = async (): Promise<void> => {
      for (const player of players.splice(0)) player.leave()
      await after(REST)
    }
    // What there is once everything has been used is what it may stay at.
    await through(Math.min(60_000, seconds * 200))
    await rest()
    const before = await server.ask('memory')
    const made = (): number => watch.state.beats + watch.state.skipped
    const [from, began] = [made(), performance.now()]
    for (let part = 1; part <= 10; part++) {
      await through(seconds * 100)
      const { heap, handles } = await server.ask('memory')
      progress(
        `${part * 10} %: ${visits} visits, heap ${(heap / 2 ** 20).toFixed(1)} MiB, ${handles} handles`,
      )
    }
    await rest()
    const now = await server.ask('memory')
    const due = ((performance.now() - began) * HZ) / 1000
    const ticks = made() - from
    const { connections } = await server.health()
    return [
      atLeast('visits', visits, (seconds * 1000) / EVERY / 20),
      atMost('|ticks made and skipped − due|', Math.abs(ticks - due), 2),
      atMost('heap more', (now.heap - before.heap) / 2 ** 20, NOISE, 'MiB'),
      atMost('handles more', now.handles - before.handles, 2),
      exactly('connections left', connections, 1),
    ]
  },
}
