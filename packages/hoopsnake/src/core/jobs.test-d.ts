/* Type tests: each line that is wrong on purpose must not compile. Checked by `npm run check`, never run. */
import { job, type Jobs, jobs } from './jobs.ts'

interface Look {
  readonly width: number
  readonly cells: Uint8Array
}
const findPath = job<Look, ('up' | 'down')[]>('findPath')

jobs('here:', [
  findPath.does(({ width }) => (width > 3 ? ['up'] : [])),
  findPath.does(async ({ cells }, { signal }) => (signal.aborted || cells.length === 0 ? [] : ['down'])),
  // @ts-expect-error it answers with directions
  findPath.does(() => ['sideways']),
  // @ts-expect-error it answers
  findPath.does(() => {}),
  // @ts-expect-error it is not given a height
  findPath.does(({ height }) => (height > 3 ? ['up'] : [])),
  // @ts-expect-error it is given no text
  findPath.does((input: string) => (input === '' ? [] : ['up'])),
])

export async function ask(pool: Jobs, cells: Uint8Array): Promise<void> {
  const path = await pool.run(findPath, { width: 3, cells })
  path satisfies ('up' | 'down')[]
  // @ts-expect-error the cells are missing
  await pool.run(findPath, { width: 3 })
  // @ts-expect-error not what it takes
  await pool.run(findPath, 'here')
  // @ts-expect-error it answers with a list
  ;(await pool.run(findPath, { width: 3, cells })) satisfies string
}
