import { expect, test } from 'vitest'
import { sceneWith, snakeWith } from '../fixture.ts'
import { bannerFor, statusFor, winnerOf, type Facts } from './words.ts'

const facts = (change: Partial<Facts> = {}): Facts => ({
  status: 'live',
  trouble: undefined,
  room: 'ABCD',
  scene: sceneWith(),
  me: 0,
  touch: false,
  stops: undefined,
  ...change,
})

test('who watches is asked to join', () => {
  const banner = bannerFor(facts({ scene: sceneWith({ phase: 'waiting' }) }))
  expect(banner).toMatchObject({ act: 'Join', does: 'join', loud: false })
  expect(banner?.text).toBe('The pit is empty. Press Space or Enter to join.')
})

test('a finger is not told of keys', () => {
  expect(bannerFor(facts({ touch: true }))?.text).toBe('')
})

test('who lives, or is about to, sees the field and nothing else', () => {
  for (const life of ['alive', 'due'] as const) {
    expect(bannerFor(facts({ me: 1, scene: sceneWith({ snakes: [snakeWith({ life })] }) }))).toBeUndefined()
  }
})

test('who died reads the score and may join again while others play on', () => {
  const snakes = [snakeWith({ life: 'dead', score: 7 }), snakeWith({ id: 2 })]
  expect(bannerFor(facts({ me: 1, scene: sceneWith({ snakes }) }))).toEqual({
    title: 'You died',
    text: 'Score 7. Press Space or Enter to join again.',
    act: 'Join again',
    does: 'join',
    loud: false,
  })
})

test('the end of a round is told to all, with who won', () => {
  const snakes = [
    snakeWith({ life: 'dead', score: 7 }),
    snakeWith({ id: 2, name: 'Bob', life: 'dead', score: 12 }),
  ]
  const banner = bannerFor(facts({ scene: sceneWith({ phase: 'over', snakes }) }))
  expect(banner).toMatchObject({ title: 'GAME OVER', act: 'Join', loud: true })
  expect(banner?.text).toContain('Bob wins with 12.')
})

test('winners may be several, or nobody', () => {
  const dead = (id: number, name: string, score: number) => snakeWith({ id, name, score, life: 'dead' })
  expect(winnerOf({ snakes: [dead(1, 'Ann', 5), dead(2, 'Bob', 5), dead(3, 'Cid', 1)] })).toBe(
    'Ann and Bob win with 5.',
  )
  expect(winnerOf({ snakes: [dead(1, 'Ann', 0)] })).toBe('Nobody scored.')
  expect(winnerOf({ snakes: [] })).toBe('Nobody scored.')
})

test('a refusal is told where the button is that led to it', () => {
  const trouble = { code: 'FULL', message: '10 snakes live already; wait for a death' }
  expect(bannerFor(facts({ trouble }))?.text).toBe(trouble.message)
})

test.each([
  ['WRONG_SCHEMA', 'reload'],
  ['WRONG_WIRE', 'reload'],
  ['UNKNOWN_ROOM', 'leaveRoom'],
  ['TAKEN_OVER', 'join'],
  ['KICKED', 'join'],
  ['UNREACHABLE', 'watch'],
])('%s is said and leads out: %s', (code, does) => {
  const banner = bannerFor(facts({ status: 'closed', scene: undefined, trouble: { code, message: 'why' } }))
  expect(banner).toMatchObject({ does, loud: true })
  expect(banner?.act).not.toBe('')
})

test('who has lost the seat for good reads why, not a code of the server', () => {
  const trouble = { code: 'GONE', message: 'The seat is no longer held; join anew.' }
  expect(bannerFor(facts({ status: 'closed', trouble }))).toMatchObject({
    title: 'Your place is gone',
    text: expect.not.stringContaining('seat'),
    act: 'Join again',
    does: 'join',
  })
})

test('a lost connection is said, and nothing is to be pressed meanwhile', () => {
  expect(bannerFor(facts({ status: 'away', me: 1 }))).toMatchObject({
    title: 'Reconnecting…',
    act: '',
    does: 'nothing',
  })
})

test('who plays on a server that will stop is told so, and not each second; who was sent away, why', () => {
  const said = (stops: number) => statusFor(facts({ stops }))
  expect(said(60_000)).toBe('the server stops within 60 s')
  expect([said(21_000), said(29_900)]).toEqual([said(30_000), said(30_000)])
  expect(said(61_000)).toContain('within 2 min')
  expect(said(-5)).toContain('within 10 s')
  expect(statusFor(facts({ stops: 1000, status: 'away' }))).toBe('reconnecting…')
  expect(bannerFor(facts({ stops: 1000, status: 'away', me: 1 }))?.text).toBe(
    'The server stopped. It is looked for until it is back.',
  )
})

test('the status line says how it stands, and where', () => {
  const snakes = [snakeWith(), snakeWith({ id: 2, life: 'dead' })]
  expect(statusFor(facts({ scene: sceneWith({ snakes }) }))).toBe('live · room ABCD · 1 snake')
  expect(statusFor(facts({ status: 'away' }))).toBe('reconnecting…')
  expect(statusFor(facts({ status: 'connecting', scene: undefined }))).toBe('connecting…')
  expect(statusFor(facts({ status: 'closed' }))).toBe('disconnected')
})
