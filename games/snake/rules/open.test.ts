import { describe, expect, test } from 'vitest'
import { stage } from '../test/stage.ts'
import { directions } from './cells.ts'
import { cellsOf } from './snake.ts'
import { open } from './open.ts'

describe('the open field', () => {
  test('has 128 × 128 cells and neither food nor stones', () => {
    const game = stage(open)
    game.still = false
    game.play(game.join())
    game.tick(500)
    expect(game.state).toMatchObject({
      mode: 'open',
      phase: 'playing',
      width: 128,
      height: 128,
      field: new Map(),
      top: [],
    })
  })

  test('takes any number of snakes', () => {
    const game = stage(open)
    for (let i = 0; i < 500; i++) expect(game.play(game.join())).toBeUndefined()
    expect(game.state.snakes.size).toBe(500)
  })

  test('nobody dies: neither at the border, where one comes back on the other side, nor of another', () => {
    const game = stage(open)
    const seats = Array.from({ length: 200 }, () => game.join())
    for (const seat of seats) game.play(seat)
    for (let i = 0; i < 300; i++) {
      for (const seat of seats) {
        if (game.room.int(5) === 0) game.turn(seat, directions[game.room.int(4)]!)
      }
      game.tick()
    }
    for (const snake of game.state.snakes.values()) {
      expect(snake.life).toBe('alive')
      expect(cellsOf(game.state, snake)).toHaveLength(10)
    }
    expect(game.deaths).toEqual([])
  })

  test('a snake lies over the border while it passes', () => {
    const game = stage(open)
    const seat = game.join()
    game.play(seat)
    const snake = game.state.snakes.get(seat.id)!
    const ways = { up: 'y', down: 'y', left: 'x', right: 'x' } as const
    const axis = ways[snake.body.last!]
    const before = [snake.x, snake.y]
    game.tick(128)
    expect([snake.x, snake.y]).toEqual(before)
    const seen = new Set<number>()
    for (let i = 0; i < 128; i++, game.tick()) seen.add(snake[axis])
    expect(seen.size).toBe(128)
  })

  test('a second play, and a turn without a snake, are refused', () => {
    const game = stage(open)
    const seat = game.join()
    expect(game.turn(seat, 'up')).toBe('NOT_ALIVE')
    game.play(seat)
    expect(game.play(seat)).toBe('ALREADY_ALIVE')
  })

  test('when the last one leaves it waits', () => {
    const game = stage(open)
    const seats = [game.join(), game.join()] as const
    for (const seat of seats) game.play(seat)
    game.leave(seats[0])
    expect(game.state.phase).toBe('playing')
    game.leave(seats[1])
    expect(game.state).toMatchObject({ phase: 'waiting', snakes: new Map() })
  })
})
