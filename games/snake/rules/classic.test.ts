import { memoryStore } from 'hoopsnake'
import { describe, expect, test } from 'vitest'
import type { Mark } from '../protocol.ts'
import { stage } from '../test/stage.ts'
import type { Stage } from '../test/stage.ts'
import { cradles } from './birth.ts'
import { takenCells } from './board.ts'
import { directions } from './cells.ts'
import { classic } from './classic.ts'
import { worth } from './food.ts'
import { cellsOf } from './snake.ts'

const at = (x: number, y: number) => y * 50 + x
const lie = ({ state }: Stage, x: number, y: number, mark: Mark) => void state.field.set(at(x, y), mark)
const marks = ({ state }: Stage, ...cells: number[]) => cells.map((cell) => state.field.get(cell))

describe('a round', () => {
  test('the field has 50 × 25 cells and waits', () => {
    const { state } = stage(classic)
    expect(state).toMatchObject({ mode: 'classic', phase: 'waiting', width: 50, height: 25 })
  })

  test('a seat alone makes no snake, and nothing moves', () => {
    const game = stage(classic)
    game.still = false
    game.join()
    game.tick(1000)
    expect(game.state).toMatchObject({ phase: 'waiting', snakes: new Map(), field: new Map() })
  })

  test('who plays is born at the next tick, not before', () => {
    const game = stage(classic)
    const seat = game.join('Ann')
    expect(game.play(seat)).toBeUndefined()
    expect(game.state.phase).toBe('playing')
    expect(game.state.snakes.get(seat.id)).toMatchObject({ name: 'Ann', life: 'due', score: 0 })
    game.tick()
    expect(game.state.snakes.get(seat.id)?.life).toBe('alive')
  })

  test('a snake is born with three cells, five cells from the border, and a digit for a present', () => {
    const looks = new Set<string>()
    for (let seed = 1; seed <= 200; seed++) {
      const game = stage(classic, { seed })
      const seat = game.join()
      game.play(seat)
      game.tick()
      const snake = game.state.snakes.get(seat.id)!
      const cells = cellsOf(game.state, snake)
      expect(cells).toHaveLength(3)
      for (const cell of cells) {
        expect([cell % 50, Math.floor(cell / 50)]).toSatisfy(
          ([x, y]) => x >= 5 && x <= 44 && y >= 5 && y <= 19,
        )
      }
      const food = [...game.state.field]
      expect(food).toHaveLength(1)
      expect(worth(food[0]![1])).toBeGreaterThan(0)
      expect(cells).not.toContain(food[0]![0])
      looks.add(snake.body.last!)
    }
    expect(looks.size).toBe(4)
  })

  test('the game is over when the last snake dies; until the next one is born everything stays as it is', () => {
    const game = stage(classic)
    const { seat: ann } = game.put(0, 10, 'left')
    game.put(30, 10, 'right')
    game.tick()
    expect(game.state.phase).toBe('playing')
    game.tick(50)
    expect(game.state.phase).toBe('over')
    expect(game.deaths.map(({ by }) => by)).toEqual(['wall', 'wall'])
    expect(game.state.field.size).toBe(6)
    game.still = false
    game.tick(1000)
    expect(game.state.field.size).toBe(6)

    game.still = true
    game.play(ann)
    game.tick()
    expect(game.state.phase).toBe('playing')
    expect([...game.state.snakes.keys()]).toEqual([ann.id])
    // The birthday present alone: corpses went with their round.
    expect(game.state.field.size).toBe(1)
  })

  test('at most ten snakes live; the eleventh is told FULL, and let in after a death', () => {
    const game = stage(classic)
    for (let i = 0; i < 10; i++) game.put(25, 2 * i + 2, 'left')
    const late = game.join()
    expect(game.play(late)).toBe('FULL')
    expect(game.state.snakes.size).toBe(10)
    game.state.snakes.get(1)!.x = 0
    game.tick()
    expect(game.deaths).toHaveLength(1)
    expect(game.play(late)).toBeUndefined()
  })

  test('the living cannot ask for another snake, those who are due neither', () => {
    const game = stage(classic)
    const seat = game.join()
    game.play(seat)
    expect(game.play(seat)).toBe('ALREADY_ALIVE')
    game.tick()
    expect(game.play(seat)).toBe('ALREADY_ALIVE')
  })

  test('after death one may play again at once, with a new score, while the old corpse lies on', () => {
    const game = stage(classic)
    const { seat } = game.put(0, 10, 'left')
    game.put(20, 3, 'right')
    game.state.snakes.get(seat.id)!.score = 7
    game.tick()
    expect(game.play(seat)).toBeUndefined()
    game.tick()
    expect(game.state.snakes.get(seat.id)).toMatchObject({ life: 'alive', score: 0 })
    expect(marks(game, at(0, 10), at(1, 10), at(2, 10))).toEqual(['x', '@', '+'])
  })

  test('colours go round: six of them, in the order of the seats', () => {
    const game = stage(classic)
    const colors = Array.from({ length: 8 }, (_, i) => game.put(25, 2 * i + 2, 'left').snake.color)
    expect(colors).toEqual([0, 1, 2, 3, 4, 5, 0, 1])
  })

  test('who leaves dies where the snake is', () => {
    const game = stage(classic)
    const { seat, snake } = game.put(20, 10, 'right')
    game.put(20, 3, 'right')
    snake.score = 4
    game.leave(seat)
    expect(game.deaths).toEqual([{ seat: seat.id, by: 'left' }])
    expect(marks(game, at(20, 10), at(19, 10), at(18, 10))).toEqual(['x', '@', '+'])
    expect(game.state.snakes.has(seat.id)).toBe(false)
    expect(game.state.phase).toBe('playing')
  })

  test('when the last one leaves the game is over', () => {
    const game = stage(classic)
    game.leave(game.put(20, 10, 'right').seat)
    expect(game.state.phase).toBe('over')
  })
})

describe('a move', () => {
  test('goes straight on by one cell, the tail follows', () => {
    const game = stage(classic)
    const { snake } = game.put(20, 10, 'right')
    game.tick()
    expect(cellsOf(game.state, snake)).toEqual([at(21, 10), at(20, 10), at(19, 10)])
  })

  test('turns by one key for each tick', () => {
    const game = stage(classic)
    const { seat, snake } = game.put(20, 10, 'right')
    game.turn(seat, 'up')
    game.turn(seat, 'left')
    game.turn(seat, 'down')
    // A fourth finds no place.
    game.turn(seat, 'right')
    game.tick()
    expect([snake.x, snake.y]).toEqual([20, 9])
    game.tick()
    expect([snake.x, snake.y]).toEqual([19, 9])
  })

  test('the dead and the unborn do not turn', () => {
    const game = stage(classic)
    const watcher = game.join()
    expect(game.turn(watcher, 'up')).toBe('NOT_ALIVE')
    game.play(watcher)
    expect(game.turn(watcher, 'up')).toBe('NOT_ALIVE')
    const { seat } = game.put(0, 10, 'left')
    game.tick()
    expect(game.turn(seat, 'up')).toBe('NOT_ALIVE')
  })

  test.each([
    ['up', 20, 0],
    ['right', 49, 10],
    ['down', 20, 24],
    ['left', 0, 10],
  ] as const)('out of the field is death: %s', (to, x, y) => {
    const game = stage(classic)
    const { seat, snake } = game.put(x, y, to)
    game.tick()
    expect(snake.life).toBe('dead')
    expect(game.deaths).toEqual([{ seat: seat.id, by: 'wall' }])
    expect(marks(game, at(x, y))).toEqual(['x'])
  })

  test('a digit counts at once and makes longer from the following move on', () => {
    const game = stage(classic)
    const { snake } = game.put(20, 10, 'right')
    lie(game, 21, 10, '2')
    const lengths = [1, 2, 3, 4].map(() => {
      game.tick()
      return [snake.body.length + 1, snake.score, snake.growth]
    })
    expect(lengths).toEqual([
      [3, 2, 2],
      [4, 2, 1],
      [5, 2, 0],
      [5, 2, 0],
    ])
    expect(marks(game, at(21, 10))).toEqual([undefined])
  })

  test('what is eaten while still growing is added', () => {
    const game = stage(classic)
    const { snake } = game.put(20, 10, 'right')
    lie(game, 21, 10, '9')
    lie(game, 22, 10, '3')
    game.tick(2)
    expect(snake).toMatchObject({ score: 12, growth: 11 })
    game.tick(20)
    expect(snake.body.length + 1).toBe(3 + 12)
  })

  test.each([
    ['#', 'stone'],
    ['x', 'corpse'],
    ['@', 'corpse'],
    ['+', 'corpse'],
  ] as const)('%s is death', (mark, by) => {
    const game = stage(classic)
    const { seat } = game.put(20, 10, 'right')
    lie(game, 21, 10, mark)
    game.tick()
    expect(game.deaths).toEqual([{ seat: seat.id, by }])
    expect(marks(game, at(21, 10))).toEqual([mark])
  })

  test('a snake is death, for who runs into it', () => {
    const game = stage(classic)
    const { seat, snake } = game.put(20, 10, 'right')
    const { snake: other } = game.put(21, 11, 'down', 5)
    game.tick()
    expect(game.deaths).toEqual([{ seat: seat.id, by: 'snake' }])
    expect([snake.life, other.life]).toEqual(['dead', 'alive'])
  })

  test('so is oneself', () => {
    const game = stage(classic)
    const { seat } = game.put(20, 10, 'right', 5)
    for (const to of ['up', 'left', 'down'] as const) game.turn(seat, to)
    game.tick(3)
    expect(game.deaths).toEqual([{ seat: seat.id, by: 'snake' }])
  })

  test('a snake that died in this tick is a corpse for those after it', () => {
    const game = stage(classic)
    game.put(0, 10, 'left')
    const { seat } = game.put(1, 11, 'up')
    game.tick()
    expect(game.deaths).toEqual([
      { seat: 1, by: 'wall' },
      { seat: seat.id, by: 'corpse' },
    ])
  })
})

describe('food and stones', () => {
  test('each living snake brings a digit in 6 of 100 ticks; a stone comes in 6 of 100, however many snakes live', () => {
    const game = stage(classic)
    game.still = false
    const snakes = [4, 12, 20].map((y) => game.put(25, y, 'left').snake)
    const ticks = 5000
    const count = { food: 0, stones: 0 }
    const digits = new Set<Mark>()
    for (let i = 0; i < ticks; i++) {
      // Kept in its place by hand, so that it lives on.
      for (const snake of snakes) snake.x = 25
      game.tick()
      for (const mark of game.state.field.values()) {
        count[mark === '#' ? 'stones' : 'food']++
        digits.add(mark)
      }
      game.state.field.clear()
    }
    // Within four standard deviations.
    expect(Math.abs(count.food - 900)).toBeLessThan(4 * Math.sqrt(900 * 0.94))
    expect(Math.abs(count.stones - 300)).toBeLessThan(4 * Math.sqrt(300 * 0.94))
    expect([...digits].sort()).toEqual(['#', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })
})

describe('scores', () => {
  test('a score is saved at the death, not only when the game is over', async () => {
    const store = memoryStore()
    const game = stage(classic, { store })
    game.put(0, 10, 'left').snake.score = 12
    game.put(20, 3, 'right')
    game.tick()
    expect(game.state.phase).toBe('playing')
    await game.settle()
    expect(await store.top('classic', 15)).toEqual([{ name: 'Ann', score: 12 }])
    expect(game.state.top).toEqual([{ name: 'Ann', score: 12 }])
  })

  test('a new room begins with the table as it is; it has 15 lines', async () => {
    const store = memoryStore()
    for (let i = 1; i <= 20; i++) await store.record('classic', `player ${i}`, i)
    const game = stage(classic, { store, top: [{ name: 'Bob', score: 3 }] })
    expect(game.state.top).toEqual([{ name: 'Bob', score: 3 }])
    game.put(0, 10, 'left').snake.score = 18
    game.tick()
    await game.settle()
    expect(game.state.top).toHaveLength(15)
    expect(game.state.top.slice(0, 4).map(({ name }) => name)).toEqual([
      'player 20',
      'player 19',
      'player 18',
      'Ann',
    ])
  })

  test('who joins or comes back brings the table up to date, also with what other rooms wrote', async () => {
    const store = memoryStore()
    const game = stage(classic, { store })
    await store.record('classic', 'Bob', 3)
    const seat = game.join()
    await game.settle()
    expect(game.state.top).toEqual([{ name: 'Bob', score: 3 }])
    await store.record('classic', 'Cat', 4)
    classic.back!(game.room, seat)
    await game.settle()
    expect(game.state.top).toHaveLength(2)
  })

  test('a table that could not be read leaves the old one', () => {
    const game = stage(classic, { top: [{ name: 'Bob', score: 3 }] })
    classic.results.scores(game.room, { ok: false, code: 'FAILED', message: 'disk full' })
    expect(game.state.top).toEqual([{ name: 'Bob', score: 3 }])
  })

  test('who reached nothing is not in the table', async () => {
    const game = stage(classic)
    game.put(0, 10, 'left')
    game.tick()
    await game.settle()
    expect(game.state.top).toEqual([])
  })
})

describe('a crowded field', () => {
  test('play is refused with NO_ROOM where no snake could be born', () => {
    const game = stage(classic)
    game.put(20, 0, 'right')
    for (let cell = 50; cell < 1250; cell++) game.state.field.set(cell, '#')
    expect([...cradles(game.state)]).toEqual([])
    expect(game.play(game.join())).toBe('NO_ROOM')
  })

  test('who is due waits for a place; when nobody lives any more the field is cleared', () => {
    const game = stage(classic)
    const { snake } = game.put(47, 0, 'right')
    const late = game.join()
    game.play(late)
    for (let cell = 50; cell < 1250; cell++) game.state.field.set(cell, '#')
    game.tick()
    expect(game.state.snakes.get(late.id)?.life).toBe('due')
    game.tick(2)
    expect(snake.life).toBe('dead')
    expect(game.state).toMatchObject({ phase: 'playing', field: new Map() })
    game.tick()
    expect(game.state.snakes.get(late.id)?.life).toBe('alive')
  })

  test('nothing is ever put on something, over long random games', () => {
    for (let seed = 1; seed <= 2; seed++) {
      const game = stage(classic, { seed })
      game.still = false
      const seats = Array.from({ length: 12 }, () => game.join())
      const wrong: number[] = []
      for (let i = 0; i < 200; i++) {
        for (const seat of seats) {
          game.play(seat)
          if (game.room.int(3) === 0) game.turn(seat, directions[game.room.int(4)]!)
        }
        game.tick()
        const alive = [...game.state.snakes.values()].filter(({ life }) => life === 'alive')
        const cells = game.state.field.size + alive.reduce((sum, { body }) => sum + body.length + 1, 0)
        if (alive.length > 10 || takenCells(game.state).size !== cells) wrong.push(game.room.tick)
      }
      expect(wrong).toEqual([])
      expect(game.deaths.length).toBeGreaterThan(50)
    }
  })
})
