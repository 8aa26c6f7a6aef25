import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { RoomKind } from 'hoopsnake'
import { classicPit } from '../../games/snake/room.classic.ts'
import { openPit } from '../../games/snake/room.open.ts'
import { atLeast, atMost, type Campaign, exactly, type Figure } from '../campaign.ts'
import { openInside } from '../fuzz/inside.ts'
import { outside } from '../fuzz/outside.ts'
import { wideRoom } from '../fuzz/wide.ts'
import { seeded } from '../spread.ts'

/** One frame on a socket for so many in this process. */
const SOCKETS = 100

export const campaign: Campaign = {
  about: '--count frames, good, bad and raw, to sessions and rooms in this process; a hundredth on sockets',
  usual: { count: 10_000_000, seconds: 0 },
  async run({ count, seed, progress }) {
    const random = seeded(seed)
    const dice = (below: number): number => Math.floor(random() * below)
    const figures: Figure[] = []
    const games = { classic: classicPit, open: openPit }
    for (const [name, game] of Object.entries(games)) {
      const some = await inside([game, wideRoom], { count: count / 2, dice, progress })
      for (const figure of some) figures.push({ ...figure, name: `${name}: ${figure.name}` })
    }
    if (count >= SOCKETS * 1000) figures.push(...(await outside(count / SOCKETS, dice, progress)))
    return figures
  },
}

/** Sends frames to rooms in this process, those of the corpus first. */
export async function inside(
  kinds: readonly RoomKind[],
  {
    count,
    dice,
    progress,
  }: { count: number; dice: (below: number) => number; progress: (text: string) => void },
): Promise<Figure[]> {
  const { findings, send, replay, rest, stop } = openInside(kinds, dice)
  await replay(corpus())
  // What there is once all is compiled, and nobody is there, is what it may stay at.
  await send(count / 5)
  await rest()
  const before = heap()
  for (let part = 1; part <= 8; part++) {
    await send(count / 10)
    progress(
      `${Math.round(findings.frames)} frames, ${findings.sessions} sessions, ${findings.uncaught.length} uncaught`,
    )
  }
  await rest()
  const after = heap()
  const left = await stop()
  for (const one of findings.uncaught.slice(0, 10)) console.error(one)
  return [
    atLeast('frames', findings.frames, count),
    exactly('uncaught', findings.uncaught.length, 0),
    atMost('heap more, after four fifths of them', (after - before) / 2 ** 20, 4, 'MiB'),
    exactly('timers left', String(left), 'false'),
    atLeast('sessions', findings.sessions, count / 2000),
  ]
}

/** Reads the frames that once were trouble. */
function corpus(): Uint8Array[] {
  const text = readFileSync(new URL('../fuzz/corpus.txt', import.meta.url), 'utf8')
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim())
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line === '-' ? '' : line, 'hex'))
}

/** Gives the bytes of the heap, once what nobody needs is gone. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}
