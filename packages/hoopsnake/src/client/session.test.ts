import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FakeLine, FakeServer } from '../../../../tests/fakeServer.ts'
import { fakeServer, telling } from '../../../../tests/fakeServer.ts'
import { yard, yardState } from '../../../../tests/yard.ts'
import type { VirtualClock } from '../core/clock.ts'
import { virtualClock } from '../core/clock.ts'
import type { Game, JoinOptions } from './index.ts'
import { join, watch } from './index.ts'

type Line = FakeLine<typeof yard>

let clock: VirtualClock
let server: FakeServer<typeof yard>

beforeEach(() => {
  clock = virtualClock()
  server = fakeServer(yard, clock)
})

afterEach(() => vi.unstubAllGlobals())

const options = () => ({ clock, dial: server.dial, random: () => 0.5 })

/** Turns of promises that a join may take before it dials. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

function letIn(line: Line, welcome: Parameters<Line['welcome']>[0] = {}, tick = 1): void {
  if (line.hello === undefined) line.open()
  line.welcome(welcome)
  line.own(tick, { ack: 0 }, welcome.epoch)
  line.full(tick, yardState(tick), welcome.epoch)
}

async function enter(more: JoinOptions<typeof yard> = {}): Promise<Game<typeof yard>> {
  const joining = join('/', yard, { name: 'Ann' }, { ...options(), ...more })
  await turns()
  letIn(server.line)
  return joining
}

const inputs = () => server.line.heard.flatMap((up) => (up.kind === 'input' ? [[up.seq, up.value]] : []))

test('[OP12] a server that drains is told of, and what follows is a line that was lost', async () => {
  const game = await enter()
  const told: unknown[] = []
  game.when('draining', (within) => told.push(within))
  game.when('status', (status) => told.push(status))
  server.line.raw([9, 0xe0, 0xd4, 0x03])
  server.line.close(4002, 'STOPPING')
  clock.advance(100)
  letIn(server.line)
  expect(told).toEqual([60_000, 'away', 'live'])
})

test('[OP12] DRAINING may come before WELCOME', async () => {
  const joining = join('/', yard, { name: 'Ann' }, options())
  await turns()
  server.line.open()
  server.line.raw([9, 0])
  letIn(server.line)
  expect((await joining).status).toBe('live')
})

describe('a lost line', () => {
  test('[CL10] is dialled again after 40–80 ms, by token, epoch and tick, at the room', async () => {
    const game = await enter()
    const seen: string[] = []
    game.when('status', (status) => seen.push(status))
    server.line.delta(2, yardState(1), yardState(2))
    server.line.close()
    expect(game.status).toBe('away')
    clock.advance(59)
    expect(server.lines).toHaveLength(1)
    clock.advance(1)
    expect(server.line.address).toBe('/r/yard/ROOM')
    server.line.open()
    expect(server.line.hello).toMatchObject({ intent: 'resume', token: 'token', epoch: 1, tick: 2 })
    server.line.welcome()
    expect(game.status).toBe('away')
    server.line.full(9, yardState(9))
    expect(seen).toEqual(['away', 'live'])
    expect(game.tick).toBe(9)
  })

  test('[CL10] waits longer each time, up to 2 s, and anew after it was live', async () => {
    await enter()
    const wait = (): number => {
      const from = clock.now()
      const dials = server.lines.length
      server.line.close()
      while (server.lines.length === dials) clock.advance(1)
      return clock.now() - from
    }
    expect(Array.from({ length: 8 }, wait)).toEqual([60, 100, 180, 340, 660, 1020, 1020, 1020])
    letIn(server.line)
    expect(wait()).toBe(60)
  })

  test('[CL10] keeps what was sent: what the room took is dropped, the rest sent again in order, once', async () => {
    const game = await enter()
    game.send('jump', 1)
    game.send('jump', 2)
    server.line.close()
    game.send('jump', 3)
    clock.advance(60)
    letIn(server.line, { ack: 1 })
    expect(inputs()).toEqual([
      [2, 2],
      [3, 3],
    ])
    game.send('jump', 4)
    expect(inputs().at(-1)).toEqual([4, 4])
  })

  test('[CL10] counts on from where a room is that came back with less than it had taken', async () => {
    const game = await enter()
    for (let i = 1; i < 5; i++) game.send('jump', i)
    server.line.own(2, { ack: 3 })
    server.line.full(2, yardState(2))
    server.line.close()
    clock.advance(60)
    letIn(server.line, { ack: 1, epoch: 2 })
    game.send('jump', 5)
    expect(inputs()).toEqual([
      [2, 4],
      [3, 5],
    ])
  })

  test('[CL10] answers an ask that was applied while the line was lost, also when it was refused', async () => {
    const game = await enter()
    const [first, second] = [game.ask('jump', 1), game.ask('jump', 99)]
    server.line.close()
    clock.advance(60)
    server.line.open()
    server.line.welcome({ ack: 2 })
    server.line.own(5, { ack: 2, refusals: [{ seq: 2, code: 'TOO_FAR', message: '' }] })
    server.line.full(5, yardState(5))
    expect(inputs()).toEqual([])
    expect(await first).toBeNull()
    expect(await second).toMatchObject({ code: 'TOO_FAR' })
  })

  test('[CL10] tells every event once, though the server repeats what it is not sure of', async () => {
    const game = await enter()
    const seen: number[] = []
    game.on('jumped', ({ by }) => seen.push(by))
    clock.advance(0)
    const jump = (tick: number) => telling(yard, tick, 'jumped', { seat: 1, by: tick })
    server.line.delta(2, yardState(1), yardState(2), { tellings: [jump(2)] })
    server.line.close()
    clock.advance(60)
    server.line.open()
    server.line.welcome()
    server.line.own(4, { tellings: [jump(2), jump(3), jump(4)] })
    server.line.full(4, yardState(4))
    expect(seen).toEqual([2, 3, 4])
  })

  test('[CL10] of a watcher is dialled by watching again; any room will do if any was asked for', async () => {
    const watching = watch('/', yard, options())
    await turns()
    letIn(server.line, { seat: 0, token: '' })
    const watcher = await watching
    server.line.close()
    clock.advance(60)
    server.line.open()
    expect(server.line).toMatchObject({ address: '/r/yard/ROOM', hello: { intent: 'watch' } })
    server.line.refused('UNKNOWN_ROOM')
    expect(server.line.address).toBe('/r/yard')
    letIn(server.line, { seat: 0, token: '', room: 'OTHER', epoch: 2 })
    expect(watcher).toMatchObject({ status: 'live', code: 'OTHER' })
  })
})

describe('the end', () => {
  test.each([4000, 4001])('[CL11] close code %i is not dialled again', async (code) => {
    const game = await enter()
    const seen: string[] = []
    game.when('closed', (reason) => seen.push(reason.code))
    server.line.close(code, 'KICKED')
    clock.advance(60_000)
    expect(server.lines).toHaveLength(1)
    expect(game).toMatchObject({ status: 'closed', reason: { code: 'KICKED' } })
    expect(seen).toEqual(['KICKED'])
  })

  test('[CL11] 4002 and a broken line are dialled again', async () => {
    await enter()
    for (const code of [4002, 1006, 1001]) {
      server.line.close(code)
      clock.advance(2000)
    }
    expect(server.lines).toHaveLength(4)
  })

  test('[CL11] a seat that is no longer held ends the game; a server that is merely busy does not', async () => {
    const game = await enter()
    server.line.close()
    clock.advance(60)
    server.line.open()
    server.line.refused('STOPPING')
    expect(game.status).toBe('away')
    clock.advance(2000)
    server.line.open()
    server.line.refused('GONE', 'The seat is no longer held; join anew.')
    expect(game).toMatchObject({ status: 'closed', reason: { code: 'GONE' } })
    clock.advance(60_000)
    expect(server.lines).toHaveLength(3)
  })

  test('[CL11] leave says so, closes, and resolves when the other end has closed', async () => {
    const game = await enter()
    let left = false
    void game.leave().then(() => (left = true))
    expect(server.line.heard.at(-1)).toEqual({ kind: 'leave' })
    expect(server.line.left).toBe(4000)
    expect(game).toMatchObject({ status: 'closed', reason: { code: 'LEFT' } })
    await turns()
    expect(left).toBe(false)
    clock.advance(0)
    await turns()
    expect(left).toBe(true)
    expect(clock.next).toBeUndefined()
  })

  test('[CL11] leave while away resolves at once', async () => {
    const game = await enter()
    server.line.close()
    await game.leave()
    clock.advance(60_000)
    expect(server.lines).toHaveLength(1)
  })
})

describe('silence', () => {
  test('[CL12] CONFIRM goes every 500 ms and says the newest tick', async () => {
    await enter()
    server.line.full(4, yardState(4))
    clock.advance(5000)
    const confirms = server.line.heard.filter((up) => up.kind === 'confirm')
    expect(confirms.length).toBeGreaterThanOrEqual(9)
    expect(confirms.at(-1)).toMatchObject({ confirmed: 4, time: 5000 })
  })

  test('[CL12] while inputs confirm and frames come, one of them asks for the time every 2 s', async () => {
    const game = await enter()
    for (let tick = 2; tick <= 101; tick++) {
      clock.advance(100)
      server.line.delta(tick, yardState(tick - 1), yardState(tick))
      server.line.own(tick, { ack: Math.floor(tick / 4) })
      if (tick % 4 === 0) game.send('jump', 1)
    }
    const asked = (): number => server.line.heard.filter((up) => up.kind === 'confirm').length
    const timed = server.line.heard.flatMap((up) => (up.kind === 'input' ? [up.time] : []))
    // One with WELCOME, and each half second until the clock is known.
    expect(asked()).toBeLessThanOrEqual(5)
    const times = timed.filter((time) => time !== undefined)
    expect([timed.length, times.length]).toEqual([25, 4])
    times.forEach((time, i) => expect(time - (times[i - 1] ?? time - 2000)).toBe(2000))
    const before = asked()
    clock.advance(2000)
    // Silence: it asks as often as ever.
    expect(asked()).toBeGreaterThanOrEqual(before + 3)
  })

  test('[CL12] inputs that come seldom leave it to CONFIRM to ask for the time', async () => {
    const game = await enter()
    for (let tick = 2; tick <= 301; tick++) {
      clock.advance(100)
      server.line.delta(tick, yardState(tick - 1), yardState(tick))
      if (tick % 100 === 0) game.send('jump', 1)
    }
    const { heard } = server.line
    expect(heard.filter((up) => up.kind === 'confirm').length).toBeGreaterThan(55)
    expect(heard.filter((up) => up.kind === 'input' && up.time !== undefined)).toEqual([])
  })

  test('[CL12] a line that answers lives, however little happens in the room', async () => {
    const game = await enter()
    clock.advance(60_000)
    expect(game.status).toBe('live')
    expect(server.lines).toHaveLength(1)
  })

  test('[CL12] after 2 s of silence, and some questions in vain, the line is in doubt, and a spare one dialled', async () => {
    const game = await enter()
    const line = server.line
    line.answering = false
    clock.advance(2000)
    expect(game.status).toBe('live')
    const asked = line.heard.length
    expect(asked).toBeGreaterThanOrEqual(4)
    clock.advance(250)
    expect(game.status).toBe('away')
    clock.advance(250)
    expect(server.lines).toHaveLength(2)
    expect(line.left).toBeUndefined()
  })

  test('[CL12] a page that slept hears the other end before it judges', async () => {
    const game = await enter()
    clock.advance(1000)
    // As a frozen page: nothing runs for a while, then everything that fell due meanwhile, late.
    clock.at(clock.now(), () => clock.advance(30_000))
    clock.advance(0)
    expect(game.status).toBe('live')
    clock.advance(10_000)
    expect(server.lines).toHaveLength(1)
  })

  test('[CL12] a page that is seen or online again dials at once, but not before WAIT allows', async () => {
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    const game = await enter()
    server.line.close()
    clock.advance(10)
    page.dispatchEvent(new Event('online'))
    clock.advance(0)
    expect(server.lines).toHaveLength(2)
    server.line.open()
    server.line.wait(1500)
    page.dispatchEvent(new Event('visibilitychange'))
    clock.advance(1499)
    expect(server.lines).toHaveLength(2)
    clock.advance(1)
    expect(server.lines).toHaveLength(3)
    void game.leave()
    page.dispatchEvent(new Event('online'))
    clock.advance(60_000)
    expect(server.lines).toHaveLength(3)
  })
})

describe('a page that is loaded anew', () => {
  /** What a tab has: storage of its own, locks shared with other tabs. */
  function tab(storage = new Map<string, string>(), locks = new Set<string>()) {
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => void storage.set(key, value),
      removeItem: (key: string) => void storage.delete(key),
    })
    const request = async (
      name: string,
      _: unknown,
      granted: (lock: unknown) => unknown,
    ): Promise<unknown> => {
      if (locks.has(name)) return granted(null)
      locks.add(name)
      await granted({ name })
      locks.delete(name)
      return undefined
    }
    vi.stubGlobal('navigator', { locks: { request } })
    return { storage, locks }
  }

  test('[CL13] comes back to its seat, though the page was loaded anew at once', async () => {
    const { storage } = tab()
    await enter({ keep: true })
    tab(storage)
    const joining = join('/', yard, { name: 'Ann' }, { ...options(), keep: true, code: '' })
    await turns()
    server.line.open()
    expect(server.line).toMatchObject({
      address: '/r/yard/ROOM',
      hello: { intent: 'resume', token: 'token', epoch: 1, tick: 1 },
    })
    server.line.welcome({ ack: 17 })
    server.line.full(5, yardState(5))
    const game = await joining
    game.send('jump', 1)
    expect(inputs()).toEqual([[18, 1]])
  })

  test('[CL13] joins anew when the seat is gone, and with another name', async () => {
    const { storage } = tab()
    await enter({ keep: true })
    clock.advance(600)
    tab(storage)
    const joining = join('/', yard, { name: 'Ann' }, { ...options(), keep: true })
    await turns()
    server.line.open()
    server.line.refused('GONE')
    server.line.open()
    expect(server.line).toMatchObject({ address: '/r/yard', hello: { intent: 'join' } })
    letIn(server.line, { token: 'another' })
    await joining
    clock.advance(600)
    tab(storage)
    void join('/', yard, { name: 'Bob' }, { ...options(), keep: true })
    await turns()
    server.line.open()
    expect(server.line.hello).toMatchObject({ intent: 'join' })
  })

  test('[CL13] a duplicated tab is a new seat', async () => {
    const { storage, locks } = tab()
    await enter({ keep: true })
    clock.advance(600)
    tab(new Map(storage), locks)
    const joining = join('/', yard, { name: 'Ann' }, { ...options(), keep: true })
    await turns()
    server.line.open()
    expect(server.line.hello).toMatchObject({ intent: 'join' })
    letIn(server.line, { seat: 2, token: 'second' })
    expect((await joining).seat).toBe(2)
  })

  test('[CL13] does not come back to a seat that was left', async () => {
    const { storage, locks } = tab()
    const game = await enter({ keep: true })
    clock.advance(600)
    expect(storage.size).toBe(1)
    void game.leave()
    await turns()
    expect(storage.size).toBe(0)
    expect(locks.size).toBe(0)
  })

  test('[CL13] plays on where nothing can be kept', async () => {
    vi.stubGlobal('sessionStorage', undefined)
    vi.stubGlobal('navigator', undefined)
    const game = await enter({ keep: true })
    clock.advance(600)
    expect(game.status).toBe('live')
  })
})
