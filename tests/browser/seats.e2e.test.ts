/* What a browser does to a page that plays: real Chromium, through its debugging protocol. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launch } from '../../scripts/browser.ts'
import type { Notes } from './page.ts'
import { startYard, type Yard } from './serve.ts'

let browser: Browser
let yard: Yard

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await yard.stop()
})

type Told = Pick<Notes, 'seats' | 'statuses' | 'views' | 'fates'> & {
  status: string
  at: number
  tick: number
  now: number
}

/** Reads what the page saw so far. */
const read = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const { game, seats, statuses, views, fates } = (globalThis as unknown as { notes: Notes }).notes
    const at = game.state.runners.get(game.seat)?.at ?? NaN
    return { seats, statuses, views, fates, status: game.status, at, tick: game.tick, now: performance.now() }
  })

const live = (page: Page, timeout = 20_000): Promise<unknown> =>
  page.waitForFunction(
    () => (globalThis as unknown as { notes: Notes }).notes.game?.status === 'live',
    undefined,
    {
      timeout,
      polling: 50,
    },
  )

async function start(hold: '30s' | '2s' = '30s'): Promise<Page> {
  yard = await startYard(hold)
  const page = await (await browser.newContext()).newPage()
  await page.goto(yard.url)
  await live(page)
  return page
}

/**
 * Keeps a page from running anything for `ms`, as a browser does with one that is frozen, and has it seen again. By the
 * debugger: without a window Chromium does not freeze a page.
 */
async function freeze(page: Page, ms: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Debugger.enable')
  const paused = new Promise((resolve) => session.once('Debugger.paused', resolve))
  await session.send('Debugger.pause')
  await paused
  await new Promise((resolve) => setTimeout(resolve, ms))
  await session.send('Debugger.resume')
  await session.send('Debugger.disable')
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
}

/** How often the view went on by half a second more than passed from one frame to the next, at 20 ticks per second. */
const leaps = (views: Notes['views']): number =>
  views.slice(1).filter(([at, tick], i) => tick - views[i]![1] - (at - views[i]![0]) / 50 > 10).length

/** The most ticks per second that were seen since, over ten frames. */
function fastest(views: Notes['views'], from: number): number {
  const late = views.filter(([at]) => at > from)
  const rates = late.slice(10).map(([at, tick], i) => ((tick - late[i]![1]) * 1000) / (at - late[i]![0]))
  return Math.max(0, ...rates)
}

test('[CL26] a page that was frozen for seconds is back in its seat within two, and shows no old frames', async () => {
  const page = await start()
  await page.evaluate(() => (globalThis as unknown as { notes: Notes }).notes.game.send('go', 'walk'))
  await page.waitForTimeout(1000)
  await freeze(page, 6000)
  const woke = (await read(page)).now
  await live(page, 2000)
  await page.waitForTimeout(2500)
  const { seats, views, status } = await read(page)
  expect([seats, status]).toEqual([[1], 'live'])
  // Leaps to what was waiting, to the newest, and to where one sees it; then the pace of the room.
  expect(leaps(views)).toBeLessThanOrEqual(3)
  expect(fastest(views, woke + 1500)).toBeLessThan(2 * 20)
})

test('[CL26] one whose connection and seat are gone meanwhile joins anew within two seconds', async () => {
  const page = await start('2s')
  yard.way.forget()
  await freeze(page, 7000)
  await page.waitForFunction(
    () => (globalThis as unknown as { notes: Notes }).notes.seats.length === 2,
    undefined,
    {
      timeout: 2000,
      polling: 50,
    },
  )
  await live(page, 1000)
  expect((await read(page)).seats).toEqual([1, 2])
})

test('[CL26] offline and online again: the same seat within two seconds, and no burst of what was done meanwhile', async () => {
  const page = await start()
  yard.way.dead = true
  yard.way.forget()
  await page.context().setOffline(true)
  await page.evaluate(() => {
    const { game, fates } = (globalThis as unknown as { notes: Notes }).notes
    for (let i = 0; i < 5; i++) void game.ask('jump', 3).then((no) => fates.push(no?.code ?? 'applied'))
  })
  await page.waitForTimeout(6000)
  expect((await read(page)).status).toBe('away')
  yard.way.dead = false
  await page.context().setOffline(false)
  await live(page, 2000)
  await page.waitForTimeout(300)
  const { seats, fates, at } = await read(page)
  expect([seats, fates, at]).toEqual([[1], Array.from({ length: 5 }, () => 'STALE'), 0])
})

test('[CL26] another network: the old connection is dead without a word, and play goes on by itself', async () => {
  const page = await start()
  yard.way.forget()
  await page.waitForFunction(
    () => (globalThis as unknown as { notes: Notes }).notes.statuses.join() === 'away,live',
    undefined,
    { timeout: 5000, polling: 50 },
  )
  expect(
    await page.evaluate(() => (globalThis as unknown as { notes: Notes }).notes.game.ask('jump', 4)),
  ).toBeNull()
  expect((await read(page)).seats).toEqual([1])
})

test('[CL13] a duplicated tab is a new seat, and the first one plays on', async () => {
  const page = await start()
  const [copy] = await Promise.all([
    page.context().waitForEvent('page'),
    page.evaluate(() => void open(location.href)),
  ])
  await live(copy)
  expect((await read(copy)).seats).toEqual([2])
  expect((await read(page)).statuses).toEqual([])
})

test('[CL13] a tab that was taken over ends, and does not dial again', async () => {
  const page = await start()
  let dials = 0
  page.on('websocket', () => dials++)
  const kept = await page.evaluate(() => Object.fromEntries(Object.entries(sessionStorage)))
  // Another browser: there the lock is not held.
  const other = await (await browser.newContext()).newPage()
  await other.addInitScript((entries) => Object.assign(sessionStorage, entries), kept)
  await other.goto(yard.url)
  await live(other)
  await page.waitForTimeout(3000)
  expect((await read(other)).seats).toEqual([1])
  expect(await read(page)).toMatchObject({ status: 'closed', statuses: ['TAKEN_OVER'] })
  expect(dials).toBe(0)
})

test('[CL26] a page that one leaves and comes back to has its seat', async () => {
  const page = await start()
  await page.goto('about:blank')
  await page.goBack()
  await live(page, 3000)
  expect((await read(page)).seats.at(-1)).toBe(1)
})
