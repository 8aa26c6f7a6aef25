import { memoryStore } from 'hoopsnake'
import type { Jobs } from 'hoopsnake'
import { expect, test } from 'vitest'
import work from '../jobs.ts'
import { stage } from '../test/stage.ts'
import type { Stage } from '../test/stage.ts'
import { bots, withBots } from './bots.ts'
import { classic } from './classic.ts'

const jobs: Jobs = {
  run: async (job, input) =>
    work.jobs.get(job.name)!.run(input, { signal: new AbortController().signal }) as never,
}

const withTwo = withBots(classic, 2)
const labels = ({ state }: Stage) => bots(state).map(([, { name }]) => name)

/** Takes a seat and asks for a snake, which nobody steers but us. */
function enter(game: Stage) {
  const seat = game.join()
  expect(game.play(seat)).toBeUndefined()
  return seat
}

test('who plays alone has company: two bots, that say so', () => {
  const game = stage(withTwo)
  game.join()
  game.tick(5)
  expect(game.state.snakes.size).toBe(0)
  enter(game)
  game.tick(2)
  expect(labels(game)).toEqual(['bot Ouro', 'bot Boros'])
  expect(bots(game.state).map(([, { life, bot }]) => [life, bot])).toEqual([
    ['alive', true],
    ['alive', true],
  ])
})

test('bots leave as people come, without a corpse, and come again', () => {
  const game = stage(withTwo)
  const people = [enter(game)]
  for (const left of [['bot Ouro', 'bot Boros'], ['bot Ouro'], [], []]) {
    game.tick(2)
    expect(labels(game)).toEqual(left)
    expect([...game.state.field.values()].filter((mark) => 'x@+'.includes(mark))).toEqual([])
    people.push(enter(game))
  }
  for (const seat of people.slice(1)) game.leave(seat)
  game.tick(2)
  expect(labels(game)).toEqual(['bot Ouro', 'bot Boros'])
})

test('where no person lives any more, the game is over, whatever the bots do', () => {
  const game = stage(withTwo)
  const seat = enter(game)
  game.tick(3)
  game.leave(seat)
  expect(game.state.phase).toBe('over')
  expect(labels(game)).toEqual([])
  const before = JSON.stringify([...game.state.field])
  game.tick(3)
  expect(JSON.stringify([...game.state.field])).toBe(before)
  // The next round begins without what was.
  enter(game)
  expect(game.state.snakes.size).toBe(1)
})

test('on a full field a bot gives way to a person', () => {
  const game = stage(withBots(classic, 9))
  const first = enter(game)
  game.tick(2)
  expect(labels(game)).toHaveLength(9)
  enter(game)
  expect(labels(game)).toHaveLength(8)
  for (let n = 2; n < 10; n++) enter(game)
  expect(labels(game)).toEqual([])
  expect(game.play(game.join())).toBe('FULL')
  expect(game.state.snakes.has(first.id)).toBe(true)
})

test('bots find food, live long, and write nothing into the table', async () => {
  const store = memoryStore()
  const game = stage(withTwo, { seed: 4, store, jobs })
  let [eaten, deaths, ticks] = [0, 0, 0]
  for (let round = 0; round < 5; round++) {
    const { snake } = game.put(25, 12, 'up')
    game.still = false
    for (let tick = 0; tick < 150 && snake.life === 'alive'; tick++) {
      // A person who circles on the spot, out of harm's way if it can.
      snake.turns = [(['right', 'down', 'left', 'up'] as const)[tick % 4]!]
      snake.growth = 0
      game.tick()
      await game.settle()
      ticks++
    }
    deaths += game.deaths.filter(({ seat }) => seat > 1000).length
    eaten += [...game.state.snakes.values()].reduce((sum, { bot, score }) => sum + (bot ? score : 0), 0)
    game.deaths.length = 0
    for (const seat of game.room.seats.values()) game.leave(seat)
  }
  expect(ticks).toBeGreaterThan(100)
  expect(eaten).toBeGreaterThan(20)
  // Two bots, each: without sight they would meet a border within 25 ticks.
  expect(deaths).toBeLessThan((2 * ticks) / 50)
  expect(
    (await store.top('classic', 100)).map(({ name }) => name).filter((name) => name.startsWith('bot')),
  ).toEqual([])
})

test('an answer that comes too late, or never, turns no bot', () => {
  const game = stage(withTwo)
  enter(game)
  game.tick(2)
  const [id, bot] = bots(game.state)[0]!
  const [x, y] = [bot.x, bot.y]
  const way = (place: { x: number; y: number }) =>
    withTwo.results.way(game.room, { ok: true, value: { bot: id, ...place, turns: ['up'] } })
  way({ x: x + 1, y })
  withTwo.results.way(game.room, { ok: false, code: 'JOB_TIMEOUT', message: '' })
  expect(bot.turns).toEqual([])
  way({ x, y })
  expect(bot.turns).toEqual(['up'])
  bot.life = 'dead'
  bot.turns = []
  way({ x, y })
  expect(bot.turns).toEqual([])
})
