import { atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { startOwn } from '../own.ts'
import { dialPlayer } from '../player.ts'
import { calm, HZ } from '../rooms.ts'
import { after, quantile } from '../spread.ts'

const HOUR = 3_600_000

export const campaign: Campaign = {
  about: 'the time of day jumps an hour on, then two back, under --count players, --seconds each',
  usual: { count: 50, seconds: 5 },
  async run({ count, seconds, progress }) {
    await using server = await startOwn()
    const players = await Promise.all(Array.from({ length: count }, () => dialPlayer(server.port, calm.of)))
    const [first] = players as [(typeof players)[0]]
    await after(500)
    const figures: Figure[] = []
    for (const [name, jump] of [
      ['+1 h', HOUR],
      ['-1 h', -2 * HOUR],
    ] as const) {
      progress(`the time of day jumps: ${name}`)
      // Whose seat was taken before the jump comes back to it afterwards.
      const lost = await dialPlayer(server.port, calm.of)
      const { token, epoch, room: code, seat } = lost.welcome
      lost.drop()
      await server.ask('jump', jump)
      for (const { gaps } of players) gaps.length = 0
      const made = (): number => first.state.beats + first.state.skipped
      const [from, began] = [made(), performance.now()]
      await after(seconds * 1000)
      const due = ((performance.now() - began) * HZ) / 1000
      const back = await dialPlayer(server.port, calm.of, {
        code,
        intent: { intent: 'resume', token, epoch, tick: lost.tick },
      })
      figures.push(
        atMost(`${name}: |ticks made and skipped − due|`, Math.abs(made() - from - due), 2),
        atMost(
          `${name}: p99 between two frames`,
          quantile(
            players.flatMap(({ gaps }) => gaps),
            0.99,
          ),
          3 * (1000 / HZ),
          'ms',
        ),
        exactly(`${name}: players cut`, players.filter((one) => one.code !== undefined).length, 0),
        exactly(`${name}: the seat one comes back to`, back.welcome.seat, seat),
      )
      back.drop()
    }
    return figures
  },
}
