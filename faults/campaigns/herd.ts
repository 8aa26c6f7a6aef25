import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pinned } from '../../bench/measure/cores.ts'
import { fullLimits } from '../../packages/hoopsnake/src/server/gateway/limits.ts'
import { atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { type Fate, startHerd } from '../herd/herd.ts'
import { startOwn } from '../own.ts'
import { after, quantile, tally, within } from '../spread.ts'

/** How long all together may take to come back, in seconds. */
const BACK = 10

/** Until every room has been saved once everybody is in, in ms. */
const SAVED = 5000

/** How long it is looked whether somebody is lost again, in ms. */
const AFTERMATH = 5000

export const campaign: Campaign = {
  about: '--count clients, ten to a room: their server is killed, and started again after --seconds',
  usual: { count: 5000, seconds: 0 },
  async run({ count, seconds, progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'herd-'))
    const store = join(folder, 'rooms.db')
    // The server has a core to itself, the herd another.
    const how = { before: pinned('server') }
    try {
      const first = await startOwn({ store }, how)
      await using herd = await startHerd(first.url, count, progress)
      await after(SAVED)
      const killed = performance.timeOrigin + performance.now()
      await first.end('SIGKILL')
      await after(seconds * 1000)
      await using second = await startOwn({ store, port: first.port }, how)
      const up = performance.timeOrigin + performance.now()
      progress(`the server was away for ${Math.round(up - killed)} ms`)
      await within(3 * BACK * 1000, () => herd.back >= count)
      await after(AFTERMATH)
      const fates = await herd.fates()
      const dials = fates.map((fate) => fate.dials.map((at) => at - up).filter((at) => at > 0))
      progress(`dials in each second: ${perSecond(dials.flat()).join(' ')}`)
      progress(`those of who had dialled before: ${perSecond(dials.flatMap(anew)).join(' ')}`)
      const { connections } = await second.health(30_000)
      return [
        ...returns(fates, count, { killed, up }),
        exactly('connections', connections, count),
        ...waves(dials),
      ]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** When the server was killed, and when it served again. */
interface When {
  readonly killed: number
  readonly up: number
}

/** How those who were lost came back. */
function returns(fates: readonly Fate[], count: number, { killed, up }: When): Figure[] {
  const back = fates.flatMap(({ played }) => (played === undefined ? [] : [(played - up) / 1000]))
  const same = fates.filter(({ seat, end }) => end === `live ${seat}`).length
  const lost = fates.reduce((sum, { losses }) => sum + losses, 0)
  const [away, last] = [(up - killed) / 1000, Math.max(...back)]
  return [
    exactly('play again', back.length, count),
    exactly('in the seat they had', same, count),
    atMost('half of them play again after', quantile(back, 0.5), BACK, 's'),
    atMost('all of them play again after', last, BACK, 's'),
    atMost('that is, since the server was killed', away + last, Number((away + BACK).toFixed(2)), 's'),
    exactly('lost again within 5 s', lost - count, 0),
  ]
}

/**
 * Whether there was a second wave. `dials` are those of each client, in ms since the server was there.
 *
 * That all dial once is the first. Who is told to wait, or turned away, dials anew: no more of them in a second than are
 * let in.
 */
function waves(dials: readonly number[][]): Figure[] {
  const { perSecond: most } = fullLimits().arrivals
  return [
    atMost('dials of one client', Math.max(...dials.map(({ length }) => length)), 3),
    atMost(
      'a second wave: dials anew in its worst second',
      Math.max(0, ...perSecond(dials.flatMap(anew))),
      most,
    ),
  ]
}

/** Gives the dials of a client but its first. */
function anew(dials: readonly number[]): readonly number[] {
  return dials.slice(1)
}

/** Counts times in each second. */
function perSecond(times: readonly number[]): number[] {
  const counts = tally(times.map((time) => Math.floor(time / 1000)))
  return Array.from({ length: Math.max(-1, ...counts.keys()) + 1 }, (_, second) => counts.get(second) ?? 0)
}
