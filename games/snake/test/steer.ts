import type { Page } from 'playwright-core'
import type { Dir } from '../protocol.ts'
import { patience, soon } from './pages.ts'

const keys: Record<Dir, string> = { up: 'ArrowUp', right: 'ArrowRight', down: 'ArrowDown', left: 'ArrowLeft' }
const steps: Record<Dir, readonly [number, number]> = {
  up: [0, -1],
  right: [1, 0],
  down: [0, 1],
  left: [-1, 0],
}
const dirs = ['up', 'right', 'down', 'left'] as const

/** What a page shows, as far as it matters for where to go. */
interface Sight {
  readonly width: number
  readonly height: number
  readonly life: string
  readonly score: number
  /** Head first. */
  readonly own: readonly number[]
  readonly turns: readonly Dir[]
  readonly food: readonly number[]
  readonly taken: readonly number[]
}

/** Plays with the arrow keys until the snake has a score, which it gives; joins again whenever it has died. */
export async function eat(page: Page): Promise<number> {
  let score = 0
  await roam(page, (sight) => {
    score = sight.score
    return score > 0 && sight.life === 'alive'
  })
  return score
}

/** Plays with the arrow keys, from food to food, until `enough` says so; joins again whenever it has died. */
async function roam(page: Page, enough: (sight: Sight) => boolean): Promise<void> {
  for (;;) {
    const sight = await look(page)
    if (enough(sight)) return
    if (sight.life === 'dead') await page.keyboard.press('Space')
    const to = sight.life === 'alive' && sight.turns.length === 0 ? way(sight) : undefined
    if (to && to !== heading(sight)) await page.keyboard.press(keys[to])
    const shown = sight.own.join() + sight.life
    await soon(
      page.waitForFunction(
        (before) => {
          const { scene, seat, life } = window.snake!
          return `${scene?.snakes.find(({ id }) => id === seat)?.cells.join() ?? ''}${life}` !== before
        },
        shown,
        { timeout: patience },
      ),
    )
  }
}

/** Plays on while something is done, and gives what came of it. */
export async function roaming<T>(page: Page, act: () => Promise<T>): Promise<T> {
  let over = false
  const playing = roam(page, () => over)
  try {
    return await act()
  } finally {
    over = true
    await playing
  }
}

/** Waits until a snake of that name has gone that way, as the page shows it. */
export async function heads(page: Page, who: string, to: Dir): Promise<void> {
  await page.waitForFunction(
    ([wanted, x, y]) => {
      const { scene } = window.snake!
      const [head, neck] = scene?.snakes.find(({ name }) => name === wanted)?.cells ?? []
      return head !== undefined && neck !== undefined && head - neck === x + y * (scene?.world.width ?? 0)
    },
    [who, ...steps[to]] as const,
  )
}

function look(page: Page): Promise<Sight> {
  return page.evaluate(() => {
    const { scene, seat, life } = window.snake!
    const own = scene?.snakes.find(({ id }) => id === seat)
    const marks = [...(scene?.marks ?? [])]
    const isFood = ([, char]: [number, string]) => /[1-9]/.test(char)
    return {
      width: scene?.world.width ?? 0,
      height: scene?.world.height ?? 0,
      life,
      score: own?.score ?? 0,
      own: own?.cells ?? [],
      turns: own?.turns ?? [],
      food: marks.filter(isFood).map(([cell]) => cell),
      taken: [
        ...marks.filter((mark) => !isFood(mark)).map(([cell]) => cell),
        ...(scene?.snakes ?? []).flatMap(({ cells }) => cells),
      ],
    }
  })
}

/** Gives the first step of a shortest way to food; without one, a step that does not kill. */
function way(sight: Sight): Dir | undefined {
  const from = sight.own[0]!
  const seen = new Set([from, ...sight.taken])
  let paths = dirs.map((first) => ({ first, cell: next(sight, from, first) }))
  let safe: Dir | undefined
  while (paths.length > 0) {
    const further: typeof paths = []
    for (const { first, cell } of paths) {
      if (cell === undefined || seen.has(cell)) continue
      seen.add(cell)
      safe = first
      if (sight.food.includes(cell)) return first
      for (const to of dirs) further.push({ first, cell: next(sight, cell, to) })
    }
    paths = further
  }
  return safe
}

function heading({ width, own }: Pick<Sight, 'width' | 'own'>): Dir {
  const moved = own[0]! - own[1]!
  return dirs.find((to) => steps[to][0] + steps[to][1] * width === moved) ?? 'up'
}

function next({ width, height }: Pick<Sight, 'width' | 'height'>, cell: number, to: Dir): number | undefined {
  const x = (cell % width) + steps[to][0]
  const y = Math.floor(cell / width) + steps[to][1]
  return x >= 0 && x < width && y >= 0 && y < height ? y * width + x : undefined
}
