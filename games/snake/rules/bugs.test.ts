/* What the original did wrong, by the number of the bug. */
import { Malformed, memoryStore, Reader, Refused } from 'hoopsnake'
import { describe, expect, test } from 'vitest'
import { pit } from '../protocol.ts'
import { stage } from '../test/stage.ts'
import { cradles } from './birth.ts'
import { freeCells } from './board.ts'
import { away, inside } from './cells.ts'
import type { Place } from './cells.ts'
import { classic } from './classic.ts'
import { dropFood, dropStone } from './food.ts'
import { cellsOf } from './snake.ts'

const at = (x: number, y: number) => y * 50 + x
const on = ({ x, y }: Place) => at(x, y)

describe('[bug 1] two keys in one tick do not turn a snake into itself', () => {
  test('the second is made one tick later', () => {
    const game = stage(classic)
    const { seat, snake } = game.put(20, 10, 'right')
    game.turn(seat, 'up')
    game.turn(seat, 'left')
    game.tick()
    expect([snake.x, snake.y]).toEqual([20, 9])
    game.tick()
    expect([snake.x, snake.y, snake.life]).toEqual([19, 9, 'alive'])
  })

  test('a turn back is ignored, whatever was pressed before it', () => {
    const game = stage(classic)
    const { seat, snake } = game.put(20, 10, 'right')
    game.turn(seat, 'left')
    expect(snake.turns).toEqual([])
    game.turn(seat, 'up')
    game.turn(seat, 'down')
    game.turn(seat, 'up')
    expect(snake.turns).toEqual(['up'])
  })
})

test('[bug 2] food and stones come in row 0 and column 0 too', () => {
  const game = stage(classic)
  const free = freeCells(stage(classic).state)
  expect(free).toHaveLength(50 * 25)
  expect(free.filter((cell) => cell < 50)).toHaveLength(50)
  expect(free.filter((cell) => cell % 50 === 0)).toHaveLength(25)
  for (let i = 0; i < 400; i++) dropFood(game.room)
  const cells = [...game.state.field.keys()]
  expect(cells.filter((cell) => cell < 50).length).toBeGreaterThan(0)
  expect(cells.filter((cell) => cell % 50 === 0).length).toBeGreaterThan(0)
})

test('[bug 3] food and stones take free cells only, the very last one too, and a full field takes no more', () => {
  const game = stage(classic)
  const { snake } = game.put(20, 10, 'right')
  for (let i = 0; i < 1250; i++) dropFood(game.room)
  expect(game.state.field.size).toBe(1250 - 3)
  const before = [...game.state.field]
  dropFood(game.room)
  dropStone(game.room)
  expect([...game.state.field]).toEqual(before)
  for (const cell of [at(20, 10), at(19, 10), at(18, 10)]) expect(game.state.field.has(cell)).toBe(false)
  expect(snake.life).toBe('alive')
})

test('[bug 4] nobody is born on top of something or facing a wall', () => {
  const game = stage(classic)
  const { snake } = game.put(25, 12, 'right', 20)
  const taken = new Set(cellsOf(game.state, snake))
  game.state.field.set(at(10, 10), '#').set(at(30, 8), '5').set(at(40, 15), '@')
  const deadly = new Set([...taken, at(10, 10), at(40, 15)])
  const found = [...cradles(game.state)]
  expect(found.length).toBeGreaterThan(500)
  const bad = found.filter(({ to, ...head }) => {
    const body = [0, -1, -2].map((cells) => on(away(head, to, cells)))
    const front = [1, 2, 3].map((cells) => away(head, to, cells))
    return (
      body.some((cell) => taken.has(cell) || game.state.field.has(cell)) ||
      front.some((place) => !inside(game.state, place) || deadly.has(on(place)))
    )
  })
  expect(bad).toEqual([])
})

describe('[bug 5] names', () => {
  test('without a visible character are refused, and leave no ghost', () => {
    const game = stage(classic)
    for (const name of ['', '   ', '\u200b\u202e', '\n']) {
      expect(() => game.join(name)).toThrowError(Refused)
    }
    expect(game.room.seats.size).toBe(0)
    expect(game.state.snakes.size).toBe(0)
  })

  test('longer than 15 characters do not come through the protocol', () => {
    const length = 16
    const bytes = new Uint8Array([length, ...new TextEncoder().encode('x'.repeat(length))])
    expect(() => pit.join.read(new Reader(bytes))).toThrowError(Malformed)
  })

  test('stay text, letter by letter, in the game and in the score table', async () => {
    const game = stage(classic)
    const name = '<img onerror=1>'
    const seat = game.join(name)
    expect(seat.mine.name).toBe(name)
    game.play(seat)
    game.tick()
    const snake = game.state.snakes.get(seat.id)!
    expect(snake.name).toBe(name)
    snake.score = 1
    game.leave(seat)
    await game.settle()
    expect(game.state.top).toEqual([{ name, score: 1 }])
  })
})

test('[bug 6] bytes that are no turn are Malformed, nothing else', () => {
  const turn = pit.inputs.find(({ name }) => name === 'turn')!.type
  for (const bytes of [[], [4], [255], [91, 93]]) {
    const read = () => {
      const r = new Reader(new Uint8Array(bytes))
      turn.read(r)
      r.end()
    }
    expect(read).toThrowError(Malformed)
  }
})

describe('[bug 9] scores', () => {
  test('two people with one name share a line, which keeps the better score', async () => {
    const store = memoryStore()
    const game = stage(classic, { store })
    const [worse, better] = [game.put(0, 3, 'left'), game.put(0, 10, 'left')]
    worse.snake.score = 5
    better.snake.score = 9
    game.tick()
    await game.settle()
    expect(game.state.top).toEqual([{ name: 'Ann', score: 9 }])
  })

  test('names that look alike because of invisible characters are one name', async () => {
    const game = stage(classic)
    const seats = ['Zoe\u0301', '\u200bZo\u00e9 ', 'Zo\u00e9'].map((name) => game.join(name))
    expect(new Set(seats.map((seat) => seat.mine.name))).toEqual(new Set(['Zo\u00e9']))
  })

  test('are in the store before the round ends: a kill loses none', async () => {
    const store = memoryStore()
    const game = stage(classic, { store })
    game.put(0, 3, 'left').snake.score = 5
    game.put(20, 10, 'right')
    game.tick()
    await game.settle()
    expect(game.state.phase).toBe('playing')
    expect(await store.top('classic', 15)).toEqual([{ name: 'Ann', score: 5 }])
  })
})

describe('[bug 10] who moves first comes first (kept, on purpose)', () => {
  test('moving into a tail that leaves in the same tick is death, into one that has left is not', () => {
    const game = stage(classic)
    const { seat: first } = game.put(20, 10, 'right')
    const { seat: second } = game.put(23, 10, 'right')
    game.tick()
    // The tail of the second was at 21 when the first moved.
    expect(game.deaths).toEqual([{ seat: first.id, by: 'snake' }])

    const again = stage(classic)
    again.put(23, 10, 'right')
    again.put(20, 10, 'right')
    again.tick()
    expect(again.deaths).toEqual([])
    expect(second.id).toBe(2)
  })

  test('one’s own leaving tail kills as well', () => {
    const game = stage(classic)
    const { seat } = game.put(20, 10, 'right', 4)
    for (const to of ['up', 'left', 'down'] as const) game.turn(seat, to)
    game.tick(3)
    expect(game.deaths).toEqual([{ seat: seat.id, by: 'snake' }])
  })

  test('of two who want the same cell the one who was born first gets it', () => {
    const game = stage(classic)
    const { snake: first } = game.put(20, 10, 'right')
    const { snake: second } = game.put(22, 10, 'left')
    game.tick()
    expect([first.life, second.life]).toEqual(['alive', 'dead'])
    expect([first.x, first.y]).toEqual([21, 10])
  })

  test('who was born again comes after those who lived on', () => {
    const game = stage(classic)
    const { seat: ann } = game.put(0, 3, 'left')
    const { seat: bob } = game.put(20, 10, 'right')
    game.tick()
    game.play(ann)
    expect([...game.state.snakes.keys()]).toEqual([bob.id, ann.id])
  })
})
