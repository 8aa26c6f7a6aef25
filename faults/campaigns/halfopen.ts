import { join } from 'hoopsnake/client'
import { atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { startOwn } from '../own.ts'
import type { Program } from '../program.ts'
import { startProxy, type Way } from '../proxy.ts'
import { calm } from '../rooms.ts'
import { within } from '../spread.ts'

/** How long either end may take to notice, in seconds; and how long it is waited for, in ms. */
const FOUND = 15
const PATIENCE = 20_000

export const campaign: Campaign = {
  about: 'connections of --count clients through which nothing comes: both ways, or one',
  usual: { count: 50, seconds: 0 },
  async run({ count, progress }) {
    await using server = await startOwn()
    const figures: Figure[] = []
    for (const way of [undefined, 'up', 'down'] as const) {
      const name = way === undefined ? 'both ways' : way === 'up' ? 'to the server' : 'to the client'
      progress(`nothing comes: ${name}`)
      for (const figure of await halfOpen(server, count, way))
        figures.push({ ...figure, name: `${name}: ${figure.name}` })
    }
    return figures
  },
}

async function halfOpen(server: Program, count: number, way: Way | undefined): Promise<Figure[]> {
  const proxy = await startProxy(server.port)
  const games = await Promise.all(
    Array.from({ length: count }, () => join(`http://127.0.0.1:${proxy.port}`, calm.of, {})),
  )
  const seats = new Set(games.map(({ seat }) => seat))
  const began = performance.now()
  const since = (): number => (performance.now() - began) / 1000
  proxy.swallow(way)
  const byClient = new Map<number, number>()
  games.forEach((game, at) => {
    // The first time: what comes late after all is believed, and lost anew.
    game.on('status', (status) => void (status === 'away' && byClient.set(at, byClient.get(at) ?? since())))
  })
  // Clients that dial anew go through the proxy too. What of it comes to the server is new to it, and counted.
  const heard = way === 'down'
  await within(PATIENCE, async () =>
    heard ? games.every(({ status }) => status === 'away') : (await server.health()).connections === 0,
  )
  const byServer = since()
  await within(PATIENCE, () => byClient.size === count)
  proxy.heal()
  const healed = performance.now()
  const back = await within(5000, () => games.every(({ status }) => status === 'live'))
  const took = (performance.now() - healed) / 1000
  const same = games.filter(({ seat }) => seats.has(seat)).length
  await Promise.all(games.map((game) => game.leave()))
  await proxy.stop()
  return [
    ...(heard ? [] : [atMost('found by the server after', byServer, FOUND, 's')]),
    exactly('clients that found it', byClient.size, count),
    atMost('found by every client after', Math.max(...byClient.values()), FOUND, 's'),
    exactly('everybody is back', String(back), 'true'),
    atMost('back after the way was healed', took, 3, 's'),
    exactly('in the seat they had', same, count),
  ]
}
