import { beforeEach, expect, test, vi } from 'vitest'
import type { FakeServer } from '../../../../tests/fakeServer.ts'
import { fakeServer } from '../../../../tests/fakeServer.ts'
import { yard, yardState } from '../../../../tests/yard.ts'
import type { VirtualClock } from '../core/clock.ts'
import { virtualClock } from '../core/clock.ts'
import type { Game } from './index.ts'
import { join } from './index.ts'

let clock: VirtualClock
let server: FakeServer<typeof yard>
let seen: string[]

beforeEach(() => {
  clock = virtualClock()
  server = fakeServer(yard, clock)
  seen = []
})

async function enter(hz = 10): Promise<Game<typeof yard>> {
  const options = { clock, dial: server.dial, random: () => 0.5, keep: false }
  const joining = join('/', yard, { name: 'Ann' }, options)
  for (let i = 0; i < 20; i++) await Promise.resolve()
  server.line.open()
  server.line.welcome({ hz })
  server.line.full(1, yardState(1))
  const game = await joining
  game.when('status', (status) => seen.push(status))
  return game
}

/** Lets the first line fall silent, until a spare one is dialled. */
function silence(): { first: FakeServer<typeof yard>['line']; spare: FakeServer<typeof yard>['line'] } {
  const first = server.line
  first.answering = false
  clock.advance(2500)
  expect(server.lines).toHaveLength(2)
  return { first, spare: server.line }
}

test('[CL23] a line that speaks again is kept: the spare one is closed, and nothing was said on it', async () => {
  const game = await enter()
  const { first, spare } = silence()
  expect(game.status).toBe('away')
  spare.open()
  clock.advance(200)
  first.delta(2, yardState(1), yardState(2))
  expect(game.status).toBe('live')
  expect(spare.left).toBe(4002)
  expect(spare.hello).toBeUndefined()
  first.answering = true
  clock.advance(60_000)
  expect(game.tick).toBe(2)
  expect(server.lines).toHaveLength(2)
  expect(seen).toEqual(['away', 'live'])
})

test('[CL23] a spare that opens while the first is silent takes its place, by token', async () => {
  const game = await enter()
  game.send('jump', 1)
  const { first, spare } = silence()
  game.send('jump', 2)
  spare.open()
  clock.advance(249)
  expect(spare.hello).toBeUndefined()
  expect(first.left).toBeUndefined()
  clock.advance(1)
  expect(spare.hello).toMatchObject({ intent: 'resume', token: 'token', tick: 1 })
  expect(first.left).toBe(4002)
  // Too late: what counts is what the new line says.
  first.delta(2, yardState(1), yardState(2))
  expect(game.tick).toBe(1)
  spare.welcome({ ack: 1 })
  spare.full(9, yardState(9))
  expect(game.status).toBe('live')
  expect(spare.heard.filter(({ kind }) => kind === 'input')).toMatchObject([{ seq: 2, value: 2 }])
})

test('[CL23] there is never more than one spare: the next one comes when it is lost, or does not open in 5 s', async () => {
  const game = await enter()
  const { first, spare } = silence()
  spare.close()
  clock.advance(60)
  expect(server.lines).toHaveLength(3)
  clock.advance(4999)
  expect(server.lines).toHaveLength(3)
  clock.advance(200)
  expect(server.lines).toHaveLength(4)
  expect(server.lines.map(({ left }) => left)).toEqual([undefined, undefined, 4002, undefined])
  first.delta(2, yardState(1), yardState(2))
  expect(game.status).toBe('live')
  expect(server.line.left).toBe(4002)
})

test('[CL23] when the first line breaks, the spare takes its place at once, open or not', async () => {
  const game = await enter()
  const one = silence()
  one.spare.open()
  one.first.close()
  expect(one.spare.hello).toMatchObject({ intent: 'resume' })
  one.spare.welcome()
  one.spare.full(3, yardState(3))
  expect(game.status).toBe('live')
  one.spare.answering = false
  clock.advance(2500)
  const other = server.line
  one.spare.close()
  expect(server.lines).toHaveLength(3)
  other.open()
  expect(other.hello).toMatchObject({ intent: 'resume', tick: 3 })
})

test('[CL23] a first line that is closed for good ends the game, and the spare with it', async () => {
  const game = await enter()
  const { first, spare } = silence()
  first.closed('KICKED')
  expect(game.reason?.code).toBe('KICKED')
  expect(spare.left).toBe(4002)
  clock.advance(60_000)
  expect(server.lines).toHaveLength(2)
})

test('[CL23] leaving while in doubt closes both', async () => {
  const game = await enter()
  const { first, spare } = silence()
  const left = game.leave()
  expect([first.left, spare.left]).toEqual([4000, 4002])
  clock.advance(1000)
  await left
})

test('[CL23] a page that wakes on a line that was silent for a second does not wait', async () => {
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  await enter()
  server.line.answering = false
  clock.advance(900)
  page.dispatchEvent(new Event('online'))
  expect(server.lines).toHaveLength(1)
  clock.advance(200)
  page.dispatchEvent(new Event('online'))
  expect(server.lines).toHaveLength(2)
  page.dispatchEvent(new Event('visibilitychange'))
  expect(server.lines).toHaveLength(2)
  // A dial that hangs may hang on the network that is gone.
  clock.advance(1000)
  page.dispatchEvent(new Event('online'))
  expect(server.lines).toHaveLength(3)
  expect(server.lines[1]!.left).toBe(4002)
  vi.unstubAllGlobals()
})

test('[CL12] what waited while the page was stopped does not speak for the line: it is asked anew', async () => {
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  const game = await enter()
  const { line } = server
  line.answering = false
  const wake = (): void => {
    line.delta(game.tick + 1, yardState(game.tick), yardState(game.tick + 1))
    page.dispatchEvent(new Event('visibilitychange'))
  }
  wake()
  clock.advance(1000)
  expect(game.status).toBe('live')
  // No spread: it was not the server that woke.
  clock.advance(250)
  expect([game.status, server.lines.length]).toEqual(['away', 2])
  line.answering = true
  line.delta(game.tick + 1, yardState(game.tick), yardState(game.tick + 1))
  expect(game.status).toBe('live')
  wake()
  clock.advance(60_000)
  expect([seen, server.lines.length]).toEqual([['away', 'live'], 2])
  // Once it has answered, silence may last two seconds as ever.
  line.answering = false
  clock.advance(1500)
  expect(game.status).toBe('live')
  vi.unstubAllGlobals()
})

test('[CL14] a line that speaks again is asked at once, and answers to what was asked in its silence do not count', async () => {
  const game = await enter()
  const { line } = server
  const asked = (): number[] => line.heard.flatMap((up) => (up.kind === 'confirm' ? [up.time] : []))
  clock.advance(2000)
  const { rtt } = game
  line.answering = false
  clock.advance(4000)
  const before = asked()
  line.delta(2, yardState(1), yardState(2))
  expect(asked()).toHaveLength(before.length + 1)
  for (const echo of before.slice(-8)) line.pong(echo)
  expect(game.rtt).toBe(rtt)
  clock.advance(10)
  line.pong(asked().at(-1)!)
  expect(game.rtt).toBeGreaterThan(rtt)
})

test('[CL12] a browser that says it has another network wakes the page', async () => {
  const connection = new EventTarget()
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('removeEventListener', () => {})
  vi.stubGlobal('navigator', { connection })
  const game = await enter()
  server.line.answering = false
  clock.advance(1100)
  connection.dispatchEvent(new Event('change'))
  expect([game.status, server.lines.length]).toEqual(['away', 2])
  void game.leave()
  clock.advance(1000)
  connection.dispatchEvent(new Event('change'))
  expect(server.lines).toHaveLength(2)
  vi.unstubAllGlobals()
})

test.each([
  ['a room that ticks', 10, ['STALE', 'sent']],
  ['a room that ticks on events', 0, ['sent', 'sent']],
] as const)('[CL24] in %s, what waited too long for a connection is refused or sent', async (_, hz, fate) => {
  const game = await enter(hz)
  const asked = [game.ask('jump', 1)]
  server.line.close()
  clock.advance(1000)
  asked.push(game.ask('jump', 2))
  clock.advance(1100)
  server.line.open()
  server.line.welcome({ hz })
  const sent = server.line.heard.flatMap((up) => (up.kind === 'input' ? [[up.seq, up.value]] : []))
  expect(sent).toEqual(
    fate[0] === 'sent'
      ? [
          [1, 1],
          [2, 2],
        ]
      : [[1, 2]],
  )
  server.line.own(9, { ack: sent.length })
  server.line.full(9, yardState(9))
  expect((await Promise.all(asked)).map((no) => no?.code ?? 'sent')).toEqual(fate)
})

test('[CL24] what the room has taken in is never stale', async () => {
  const game = await enter()
  const asked = game.ask('jump', 1)
  server.line.close()
  clock.advance(20_000)
  server.line.open()
  server.line.welcome({ ack: 1 })
  server.line.own(9, { ack: 1 })
  server.line.full(9, yardState(9))
  expect(await asked).toBeNull()
})
