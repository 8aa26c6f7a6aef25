/* What a browser does to a tab that plays, and what its network does: a real Chromium with a window of tabs. */
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openWindow } from '../../scripts/window.ts'
import type { Notes } from './page.ts'
import { startYard, type Yard } from './serve.ts'

let window: Awaited<ReturnType<typeof openWindow>>
/** Another tab, to be put before the one that plays. */
let other: Page
let yard: Yard
let page: Page
let devtools: CDPSession

beforeAll(async () => {
  window = await openWindow()
  other = await window.tabs.newPage()
})
afterAll(() => window[Symbol.asyncDispose]())
afterEach(async () => {
  await page.close()
  await yard.stop()
})

/** How long whatever happens to a tab lasts, in ms: between the two times for which seats are held here. */
const pause = 4000

type Seen = Omit<Notes, 'game'> & { status: string; at: number; hidden: boolean }

/** What the page saw so far. */
const read = (): Promise<Seen> =>
  page.evaluate(() => {
    const { game, ...rest } = (globalThis as unknown as { notes: Notes }).notes
    const at = game.state.runners.get(game.seat)?.at ?? NaN
    return { ...rest, status: game.status, at, hidden: document.hidden }
  })

async function start(hold: '30s' | '1s'): Promise<void> {
  yard = await startYard(hold)
  page = await window.tabs.newPage()
  devtools = await window.tabs.newCDPSession(page)
  await page.goto(yard.url)
  await expect.poll(read).toMatchObject({ seats: [1], status: 'live', hidden: false })
}

/** Jumps five times, and has what becomes of it noted. */
const jump = (): Promise<void> =>
  page.evaluate(() => {
    const { game, fates } = (globalThis as unknown as { notes: Notes }).notes
    for (let i = 0; i < 5; i++) void game.ask('jump', 3).then((no) => fates.push(no?.code ?? 'applied'))
  })

/** Waits until play goes on after the last waking by an event, and some seconds more. Gives what was seen. */
async function back(by: string): Promise<Seen> {
  const last = async () => (await read()).wakes.findLast((wake) => wake.by === by)
  await expect.poll(last, { timeout: 5000 }).toMatchObject({ back: expect.any(Number) })
  await page.waitForTimeout(2500)
  const seen = await read()
  expect((await last())!.back).toBeLessThan(2000)
  expect(seen.status).toBe('live')
  return seen
}

/** Holds what was seen of others against a clock: at 20 ticks a second, leaps are of half a second or more. */
function calm({ views, wakes }: Pick<Notes, 'views' | 'wakes'>): void {
  const leaps = views.slice(1).filter(([at, tick], i) => tick - views[i]![1] - (at - views[i]![0]) / 50 > 10)
  // To what was waiting, to the newest, and to where one sees it.
  expect(leaps.length).toBeLessThanOrEqual(3)
  // Then the pace of the room, over ten frames.
  const late = views.filter(([at]) => at > wakes.at(-1)!.at + 1500)
  const rates = late.slice(10).map(([at, tick], i) => ((tick - late[i]![1]) * 1000) / (at - late[i]![0]))
  expect(rates.length).toBeGreaterThan(10)
  expect(Math.max(...rates)).toBeLessThan(2 * 20)
  expect(Math.min(...rates)).toBeGreaterThanOrEqual(0)
}

/** What may become of a tab in which one plays: how it begins, how it ends, and by which event the page wakes then. */
interface Fate {
  readonly begin: () => Promise<unknown>
  readonly end: () => Promise<unknown>
  readonly by: string
}

async function hide(): Promise<void> {
  await other.bringToFront()
  await expect.poll(read).toMatchObject({ hidden: true })
}

const fates: Record<string, Fate> = {
  hidden: {
    begin: hide,
    end: () => page.bringToFront(),
    by: 'visibilitychange',
  },
  frozen: {
    async begin() {
      await hide()
      await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    },
    async end() {
      await devtools.send('Page.setWebLifecycleState', { state: 'active' })
      await page.bringToFront()
    },
    by: 'visibilitychange',
  },
  // As a machine that sleeps: nothing runs, and what comes waits.
  'stopped by a debugger': {
    async begin() {
      await hide()
      await devtools.send('Debugger.enable')
      const paused = new Promise((resolve) => devtools.once('Debugger.paused', resolve))
      await devtools.send('Debugger.pause')
      await paused
    },
    async end() {
      await devtools.send('Debugger.resume')
      await devtools.send('Debugger.disable')
      await page.bringToFront()
    },
    by: 'visibilitychange',
  },
  // Into the back/forward cache: Chromium keeps the connection as it likes.
  'left and come back to': {
    begin: () => page.goto(yard.url.replace('127.0.0.1', 'localhost') + 'healthz'),
    async end() {
      const { entries, currentIndex } = await devtools.send('Page.getNavigationHistory')
      await devtools.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1]!.id })
    },
    by: 'pageshow',
  },
}

describe.each(Object.entries(fates))('a tab that is %s', (_, { begin, end, by }) => {
  const lines = { stands: () => {}, breaks: () => yard.way.cut(), dies: () => yard.way.forget() }
  test.each([
    ['stands', '1s', [1]],
    ['breaks', '30s', [1]],
    ['dies', '30s', [1]],
    ['dies', '1s', [1, 2]],
  ] as const)(
    '[CL26] while its connection %s is in its seat, if held (%s), within two seconds of being seen, and sees the present',
    async (line, hold, seats) => {
      await start(hold)
      await begin()
      lines[line]()
      await page.waitForTimeout(pause)
      await end()
      const seen = await back(by)
      expect(seen.seats).toEqual(seats)
      calm(seen)
    },
  )
})

test.each([
  ['30s', [1], 'STALE'],
  ['1s', [1, 2], 'GONE'],
] as const)(
  '[CL26] a page that was offline is in its seat, if held (%s), within two seconds, and what was done meanwhile does not come in a burst',
  async (hold, seats, fate) => {
    await start(hold)
    yard.way.dead = true
    yard.way.forget()
    await network({ offline: true })
    await jump()
    await page.waitForTimeout(pause)
    expect((await read()).status).toBe('away')
    yard.way.dead = false
    await network({})
    const seen = await back('online')
    expect([seen.seats, seen.fates, seen.at]).toEqual([seats, Array.from({ length: 5 }, () => fate), 0])
    calm(seen)
  },
)

test('[CL26] a page on another network plays on within two seconds, without anybody doing anything', async () => {
  await start('30s')
  await network({ downloadThroughput: 1e8 })
  await page.waitForTimeout(1000)
  const told = (await read()).wakes.length
  yard.way.forget()
  await network({ downloadThroughput: 1e6 })
  await jump()
  await expect.poll(read).toMatchObject({ statuses: ['away', 'live'] })
  const seen = await back('change')
  expect([seen.seats, seen.fates, seen.at]).toEqual([[1], Array.from({ length: 5 }, () => 'applied'), 15])
  expect(seen.wakes.length).toBe(told + 1)
  calm(seen)
})

test('[CL26] a page whose connection dies, and whose browser says nothing, plays on within five seconds', async () => {
  await start('30s')
  yard.way.forget()
  await expect.poll(read, { timeout: 5000 }).toMatchObject({ statuses: ['away', 'live'] })
  await page.waitForTimeout(1000)
  const { seats, wakes, views } = await read()
  expect([seats, wakes]).toEqual([[1], []])
  expect(views.at(-1)![1] - views.at(-30)![1]).toBeGreaterThan(3)
})

/** Has the browser say something of its network, in bytes per second; it says it to pages if it is news. */
async function network(is: { offline?: boolean; downloadThroughput?: number }): Promise<void> {
  await devtools.send('Network.enable')
  const fast = { latency: 0, downloadThroughput: 1e8, uploadThroughput: 1e8 }
  await devtools.send('Network.emulateNetworkConditions', { offline: false, ...fast, ...is })
}
