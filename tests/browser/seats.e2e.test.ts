/* Which of several tabs has the seat, in a real Chromium. */
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

/** Reads what the page saw so far. */
const read = (page: Page): Promise<Pick<Notes, 'seats' | 'statuses'> & { status: string }> =>
  page.evaluate(() => {
    const { game, seats, statuses } = (globalThis as unknown as { notes: Notes }).notes
    return { seats, statuses, status: game.status }
  })

const live = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () => (globalThis as unknown as { notes: Notes }).notes.game?.status === 'live',
    undefined,
    { polling: 50 },
  )

async function start(): Promise<Page> {
  yard = await startYard('30s')
  const page = await (await browser.newContext()).newPage()
  await page.goto(yard.url)
  await live(page)
  return page
}

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

test('[CL13] a page that one leaves and comes back to, loaded anew, has its seat', async () => {
  const page = await start()
  await page.goto('about:blank')
  await page.goBack()
  await live(page)
  expect((await read(page)).seats).toEqual([1])
})
