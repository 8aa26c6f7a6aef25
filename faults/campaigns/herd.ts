import { type Game, join } from 'hoopsnake/client'
import { atMost, type Campaign, exactly } from '../campaign.ts'
import { counting } from '../dials.ts'
import { startOwn } from '../own.ts'
import { startProxy } from '../proxy.ts'
import { small } from '../rooms.ts'
import { after, within } from '../spread.ts'

/** Clients that join at once, so that getting them in is no storm. */
const GROUP = 100

export const campaign: Campaign = {
  about: '--count clients, ten to a room, lose their connection at the same moment and come back',
  usual: { count: 1000, seconds: 0 },
  async run({ count, progress }) {
    await using server = await startOwn()
    const proxy = await startProxy(server.port)
    const url = `http://127.0.0.1:${proxy.port}`
    const dials = Array.from({ length: count }, () => counting())
    const games: Game[] = []
    for (let at = 0; at < count; at += GROUP) {
      const group = dials.slice(at, at + GROUP)
      games.push(
        ...((await Promise.all(group.map(({ dial }) => join(url, small.of, {}, { dial })))) as Game[]),
      )
      progress(`${games.length} clients are in`)
    }
    const seats = games.map(({ code, seat }) => `${code} ${seat}`)
    await after(1000)
    progress('all are cut')
    const before = dials.map((one) => one.count)
    const began = performance.now()
    proxy.cut('RST')
    await within(1000, () => games.every(({ status }) => status !== 'live'))
    await within(30_000, () => games.every(({ status }) => status === 'live'))
    const took = (performance.now() - began) / 1000
    let again = 0
    for (const game of games) game.on('status', (status) => void (status !== 'live' && again++))
    await after(3000)
    const live = games.filter(({ status }) => status === 'live').length
    const same = games.filter(({ code, seat }, at) => `${code} ${seat}` === seats[at]).length
    const most = Math.max(...dials.map((one, at) => one.count - before[at]!))
    await proxy.stop()
    return [
      exactly('back', live, count),
      exactly('in the seat they had', same, count),
      atMost('all are back after', took, 10, 's'),
      exactly('lost again within 3 s: a second wave', again, 0),
      atMost('dials of one client', most, 5),
    ]
  },
}
