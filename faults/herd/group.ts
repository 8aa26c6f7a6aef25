/* A part of a herd: real clients in a process of their own, which tells its parent what becomes of them. */
import { type Dial, type Game, join } from 'hoopsnake/client'
import { webSocket } from '../../packages/hoopsnake/src/client/dial.ts'
import { tens } from '../rooms.ts'
import type { Fate, GroupGiven, Told } from './herd.ts'

/** Clients that join at once, so that getting them in is no storm. */
const AT_ONCE = 50

/** How often one tries to join, each time for 15 s. */
const TRIES = 3

/** The time of day, in ms since 1970: it is the same in all processes. */
const now = (): number => performance.timeOrigin + performance.now()

/** One client, and what became of it. */
interface Member {
  readonly game: Game<typeof tens.of>
  readonly fate: Fate & { played: number | undefined; losses: number }
}

async function enter(url: string, back: () => void): Promise<Member> {
  const dials: number[] = []
  const game = await persist(url, (address, ends) => {
    dials.push(now())
    return webSocket(address, ends)
  })
  const fate: Member['fate'] = {
    dials,
    seat: `${game.code} ${game.seat}`,
    played: undefined,
    losses: 0,
    end: '',
  }
  dials.length = 0
  game.on('status', (status) => {
    if (status === 'away') fate.losses++
    // Who is back has come so far as to have done something, and been told so.
    else if (status === 'live')
      void game.ask('mark').then((no) => {
        if (no !== null) return
        if (fate.played === undefined) back()
        fate.played = now()
      })
  })
  return { game, fate }
}

/** Joins, and tries again where a busy machine took too long: getting them in is not what is measured. */
async function persist(url: string, dial: Dial): Promise<Game<typeof tens.of>> {
  for (let tries = 1; ; tries++) {
    try {
      return await join(url, tens.of, {}, { dial })
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

async function main(): Promise<void> {
  const { url, count }: GroupGiven = JSON.parse(process.argv[2]!)
  const tell = (told: Told): void => void process.send!(told)
  const members: Member[] = []
  let played = 0
  const back = (): void => tell({ back: ++played })
  // They end with who started them, however that ends.
  process.once('disconnect', () => process.exit(0))
  process.on('message', () => {
    tell({
      fates: members.map(({ game, fate }) => ({ ...fate, end: `${game.status} ${game.code} ${game.seat}` })),
    })
  })
  while (members.length < count) {
    const more = Math.min(AT_ONCE, count - members.length)
    members.push(...(await Promise.all(Array.from({ length: more }, () => enter(url, back)))))
    tell({ in: members.length })
  }
}

await main()
