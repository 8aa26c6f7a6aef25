import { expectTypeOf, test } from 'vitest'
import { list, map, nothing, oneOf, protocol, str, struct, trail, u8, uint } from '../index.ts'
import type { Rules } from '../index.ts'
import type { Refused } from './index.ts'
import { create, join, list as listRooms, watch } from './index.ts'

const phase = oneOf('lobby', 'play')
const pit = protocol('pit', 1, {
  join: { name: str(15) },
  options: { size: u8 },
  state: { phase, tags: list(str(5), 9), snakes: map(uint, struct({ score: uint, body: trail(u8, 9) }), 9) },
  mine: { hand: list(u8, 5) },
  inputs: { turn: oneOf('up', 'down'), respawn: nothing, mark: struct({ x: u8 }) },
  events: { died: struct({ seat: uint }), over: nothing, state: str(9) },
})
const bare = protocol('bare', 1, { state: { n: u8 } })

declare const rules: Rules<typeof pit>

test('a game is typed by its protocol', async () => {
  const game = await join('/', pit, { name: 'Ann' }, { rules, code: 'ABCD' })
  expectTypeOf(game.state.phase).toEqualTypeOf<'lobby' | 'play'>()
  expectTypeOf(game.state.snakes.get(1)!.score).toEqualTypeOf<number>()
  expectTypeOf(game.mine.hand).toEqualTypeOf<readonly number[]>()

  game.send('turn', 'up')
  game.send('respawn')
  game.send('mark', { x: 1 })
  expectTypeOf(game.ask('respawn')).toEqualTypeOf<Promise<Refused | null>>()
  // @ts-expect-error no such input
  game.send('jump')
  // @ts-expect-error no such direction
  game.send('turn', 'left')
  // @ts-expect-error a payload is missing
  game.send('turn')
  // @ts-expect-error a payload too many
  game.send('respawn', 1)
  // @ts-expect-error a field is missing
  void game.ask('mark', {})
})

test('what came from the server is not written', async () => {
  const { state, mine, ...game } = await join('/', pit, { name: 'Ann' })
  // @ts-expect-error read only
  state.phase = 'lobby'
  // @ts-expect-error read only
  state.snakes.delete(1)
  // @ts-expect-error read only
  state.snakes.get(1)!.score = 1
  // @ts-expect-error read only
  state.tags.push('x')
  // @ts-expect-error read only
  mine.hand.push(1)
  // @ts-expect-error read only
  game.view().predicted.phase = 'lobby'
})

test('events and signals are told apart', async () => {
  const game = await join('/', pit, { name: 'Ann' })
  game.on('died', ({ seat }, tick) => expectTypeOf([seat, tick]).toEqualTypeOf<number[]>())
  game.on('over', (value) => expectTypeOf(value).toEqualTypeOf<undefined>())
  // An event of the protocol is called like a signal.
  game.on('state', (text) => expectTypeOf(text).toEqualTypeOf<string>())
  game.when('state', (state) => expectTypeOf(state.phase).toEqualTypeOf<'lobby' | 'play'>())
  game.on('status', (status) => expectTypeOf(status).toEqualTypeOf<'live' | 'away' | 'closed'>())
  game.on('refused', (no, input) => {
    expectTypeOf(no).toEqualTypeOf<Refused>()
    expectTypeOf(input).toEqualTypeOf<'turn' | 'respawn' | 'mark'>()
  })
  // @ts-expect-error no such event
  game.on('born', () => {})
})

test('each knows the maps of the state', async () => {
  const game = await join('/', pit, { name: 'Ann' })
  game.each('snakes', {
    enter: (id, snake) => expectTypeOf([id, snake.score]).toEqualTypeOf<number[]>(),
    update: (_, snake, old) => expectTypeOf(snake).toEqualTypeOf<typeof old>(),
  })
  // @ts-expect-error not a map
  game.each('tags', {})
})

test('asks and options are typed', async () => {
  // @ts-expect-error a name is due
  await join('/', pit, {})
  // @ts-expect-error a name is a text
  await join('/', pit, { name: 1 })
  // @ts-expect-error rules of another game
  await join('/', bare, {}, { rules })
  await join('/', bare, {})
  await create('/', pit, { name: 'Ann' }, { private: true, options: { size: 3 } })
  // @ts-expect-error no such option
  await create('/', pit, { name: 'Ann' }, { options: { height: 3 } })
  const watcher = await watch('/', pit, { code: 'ABCD' })
  expectTypeOf(watcher.state.phase).toEqualTypeOf<'lobby' | 'play'>()
  // @ts-expect-error a watcher sends nothing
  watcher.send('respawn')
  expectTypeOf((await listRooms('/', pit))[0]!.code).toEqualTypeOf<string>()
})
