import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../scripts/browser.ts'
import { buildPage } from '../scripts/page.ts'
import { start, type Program } from './test/program.ts'

const desktop = { viewport: { width: 1000, height: 700 } }
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true }

let browser: Browser
beforeAll(async () => {
  await buildPage('examples')
  browser = await launch()
})
afterAll(() => browser.close())

const run = (name: string): Promise<Program> => start(name, { PAGE: './dist/', SPEED: '4' })

/** Opens a page of its own person; what goes wrong in it fails the test. */
async function open(url: string, device: object = desktop): Promise<Page> {
  const page = await browser.newPage(device)
  page.on('pageerror', (error) => {
    throw error
  })
  await page.goto(url)
  return page
}

async function connect(page: Page): Promise<void> {
  await page.click('#connect')
  await page.waitForSelector('body[data-status=live]')
}

/** Waits for so many lines of that text. */
async function shows(page: Page, text: string, count = 1): Promise<void> {
  await page
    .locator('#log li')
    .filter({ hasText: text })
    .nth(count - 1)
    .waitFor()
}

/** Says whether the newest line can be seen, with nothing of it cut off. */
function newestSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const log = document.getElementById('log')!.getBoundingClientRect()
    const line = document.querySelector('#log li:last-child')!.getBoundingClientRect()
    return line.top >= log.top && line.bottom <= log.bottom
  })
}

async function picture(page: Page, title: string): Promise<void> {
  await page.screenshot({ path: join(import.meta.dirname, '..', 'test-results', `${title}.png`) })
}

test('connect, press keys, hear ticks, say something, disconnect', async () => {
  await using program = await run('1-loop')
  const page = await open(program.url)
  await picture(page, 'examples-before-desktop')
  expect(await page.locator('#status').innerText()).toContain('not connected')
  await connect(page)
  await page.keyboard.press('a')
  await shows(page, 'Pressed key code: 65')
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowLeft')
  await shows(page, 'Pressed key code: 13')
  await shows(page, 'Pressed key code: 37')
  await shows(page, 'tick', 2)
  // Markup is text, and what is typed is no key press.
  await page.fill('#text', '<img src=x onerror=alert(1)>')
  await page.locator('#text').press('Enter')
  await shows(page, '<img src=x onerror=alert(1)>')
  expect(await page.locator('#log img').count()).toBe(0)
  await shows(page, 'tick', 30)
  expect(await newestSeen(page)).toBe(true)
  await picture(page, 'examples-1-desktop')
  await page.click('#disconnect')
  await page.waitForSelector('body[data-status=closed]')
  const lines = await page.locator('#log li').count()
  await expect.poll(() => program.counts()).toMatchObject({ seats: 0, connections: 0 })
  expect(await page.locator('#log li').count()).toBe(lines)
  await connect(page)
  await page.context().close()
})

test('on a phone one presses keys by touch, and everything fits', async () => {
  await using program = await run('3-task')
  const page = await open(program.url, phone)
  await connect(page)
  await shows(page, 'tick')
  await page.tap('[data-key="83"]')
  await shows(page, 'Pressed key code: 83')
  await shows(page, 'The loop was stopped.')
  await page.tap('[data-key="82"]')
  await page.tap('[data-key="70"]')
  await shows(page, 'The loop failed: F was pressed')
  await picture(page, 'examples-3-phone')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await page.context().close()
})

test('one page makes a room, another joins it by code, a third by link; a wrong code is told', async () => {
  await using program = await run('2-request')
  const ann = await open(program.url)
  await ann.click('#create')
  await ann.waitForURL(/#\w+$/)
  const code = new URL(ann.url()).hash.slice(1)
  await ann
    .locator('#status')
    .filter({ hasText: `room ${code}, 1 here` })
    .waitFor()
  const bob = await open(program.url)
  await bob.fill('#code', code)
  await bob.locator('#code').press('Enter')
  const cid = await open(ann.url())
  for (const page of [ann, bob, cid]) {
    await page
      .locator('#status')
      .filter({ hasText: `room ${code}, 3 here` })
      .waitFor()
    await shows(page, 'tick')
  }
  await bob.fill('#text', 'hello')
  await bob.click('#chat button')
  for (const page of [ann, bob, cid]) await shows(page, 'Player 2: hello')
  await bob.keyboard.press('b')
  await shows(bob, 'Pressed key code: 66')
  expect(await ann.locator('#log li').filter({ hasText: 'Pressed' }).count()).toBe(0)
  await picture(ann, 'examples-2-desktop')
  // Who goes elsewhere has left.
  await cid.goto('about:blank')
  await ann
    .locator('#status')
    .filter({ hasText: `room ${code}, 2 here` })
    .waitFor()
  await bob.fill('#code', 'NOSUCH')
  await bob.locator('#code').press('Enter')
  await bob.locator('#status').filter({ hasText: 'UNKNOWN_ROOM' }).waitFor()
  expect(program.said(/the loop starts$/)).toHaveLength(1)
  for (const page of [ann, bob, cid]) await page.context().close()
})
