import { Trail } from 'hoopsnake'
import { expect, test } from 'vitest'
import type { Dir, PitState, Snake } from '../protocol.ts'
import { sceneOf } from './read.ts'

const snake = (change: Partial<Snake> = {}): Snake => ({
  name: 'Ann',
  bot: false,
  color: 2,
  score: 4,
  life: 'alive',
  x: 10,
  y: 3,
  growth: 0,
  turns: [],
  body: new Trail<Dir>(['right', 'right']),
  ...change,
})

const state = (change: Partial<PitState> = {}): PitState => ({
  mode: 'classic',
  phase: 'playing',
  width: 50,
  height: 25,
  field: new Map([[0, '7']]),
  snakes: new Map([[1, snake()]]),
  top: [{ name: 'Bob', score: 9 }],
  ...change,
})

test('a snake becomes its cells, head first', () => {
  const [ann] = sceneOf(state()).snakes
  expect(ann).toEqual({
    id: 1,
    name: 'Ann',
    bot: false,
    color: 2,
    life: 'alive',
    score: 4,
    cells: [160, 159, 158],
    turns: [],
  })
})

test('who is not alive has no cells', () => {
  const snakes = new Map([
    [1, snake({ life: 'dead' })],
    [2, snake({ life: 'due' })],
  ])
  expect(sceneOf(state({ snakes })).snakes.map(({ cells }) => cells)).toEqual([[], []])
})

test('the open mode is a torus, the classic one has walls', () => {
  expect(sceneOf(state()).world).toEqual({ width: 50, height: 25, torus: false })
  expect(sceneOf(state({ mode: 'open' })).world.torus).toBe(true)
})

test('one’s own snake is where it was computed ahead, others where the server says', () => {
  const snakes = new Map([
    [1, snake()],
    [2, snake()],
  ])
  const ahead = new Map([
    [1, snake({ x: 11, turns: ['up'] })],
    [2, snake({ x: 20 })],
  ])
  const scene = sceneOf(state({ snakes }), { state: state({ snakes: ahead }), me: 1 })
  expect(scene.snakes.map(({ cells }) => cells[0])).toEqual([161, 160])
  expect(scene.snakes[0]?.turns).toEqual(['up'])
})

test('of life and death the server alone decides', () => {
  const ahead = (life: Snake['life']) => ({
    state: state({ snakes: new Map([[1, snake({ x: 11, life })]]) }),
    me: 1,
  })
  expect(sceneOf(state(), ahead('dead')).snakes[0]?.cells[0]).toBe(160)
  expect(
    sceneOf(state({ snakes: new Map([[1, snake({ life: 'dead' })]]) }), ahead('alive')).snakes[0]?.cells,
  ).toEqual([])
})
