import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import type {} from '../page/hook.ts'
import type { Life } from '../page/panels/words.ts'

const pictures = join(import.meta.dirname, '..', '..', '..', 'test-results')

/** How long to wait before one presses again, in ms. */
export const patience = 2000

/** What a page is opened on. */
export const devices = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true },
} satisfies Record<string, BrowserContextOptions>

/** Opens pages, each of a person of its own, and at the end says what went wrong in any of them. */
export interface Visitors extends AsyncDisposable {
  open(url: string, device?: keyof typeof devices): Promise<Page>
}

/** Lets visitors into the browser. */
export function visitors(browser: Browser): Visitors {
  const pages: Page[] = []
  const faults: string[] = []
  return {
    async open(url, device = 'desktop') {
      const page = await browser.newPage(devices[device])
      pages.push(page)
      page.on('pageerror', (error) => faults.push(String(error)))
      page.on('dialog', (dialog) => {
        faults.push(`a dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('console', (message) => {
        // A server that is restarted refuses connections: the browser itself says so.
        const broken = message.type() === 'error' && !message.text().startsWith('WebSocket connection to')
        if (broken) faults.push(message.text())
      })
      await page.goto(url)
      await status(page, 'live')
      return page
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pages.map((page) => page.context().close()))
      expect(faults).toEqual([])
    },
  }
}

/** Waits until the page has that connection. */
export async function status(page: Page, wanted: 'live' | 'away' | 'closed'): Promise<void> {
  await page.waitForSelector(`body[data-status=${wanted}]`)
}

/** Waits until the reader's snake is in that state. */
export async function life(page: Page, wanted: Life): Promise<void> {
  await page.waitForSelector(`body[data-life=${wanted}]`)
}

/** Waits until the round is in that phase. */
export async function phase(page: Page, wanted: 'waiting' | 'playing' | 'over'): Promise<void> {
  await page.waitForSelector(`body[data-phase=${wanted}]`)
}

/** Types a name into the dialog. Then one watches. */
export async function name(page: Page, typed: string): Promise<void> {
  await page.locator('#name-input').fill('')
  await page.locator('#name-input').pressSequentially(typed)
  await page.keyboard.press('Enter')
}

/** Joins from the keyboard and waits for the birth. */
export async function play(page: Page): Promise<void> {
  do await page.keyboard.press('Space')
  while (!(await soon(page.waitForSelector('body[data-life=alive]', { timeout: patience }))))
}

/**
 * Tells whether something came in time. On a busy machine a page may be without a connection when a key is pressed,
 * or a snake may have died before anybody saw it: then one presses again.
 */
export function soon(wait: Promise<unknown>): Promise<boolean> {
  return wait.then(
    () => true,
    (error: Error) => {
      if (error.name === 'TimeoutError') return false
      throw error
    },
  )
}

/** Waits until a snake of that name lives on the page. */
export async function sees(page: Page, who: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => window.snake?.scene?.snakes.some(({ name, cells }) => name === wanted && cells.length > 0),
    who,
  )
}

/** Waits until an element shows that text, among others. */
export async function shows(page: Page, selector: string, wanted: string | RegExp): Promise<void> {
  await page.locator(selector).filter({ hasText: wanted }).waitFor()
}

/** Waits until the list of players has that one with a score as large as that, or larger. */
export async function scores(page: Page, who: string, least: number): Promise<void> {
  await page.waitForFunction(
    ([wanted, points]) =>
      [...document.querySelectorAll('#players-list li')].some(
        (row) =>
          row.querySelector('.who')?.textContent === wanted &&
          Number(row.lastElementChild?.textContent?.replace('x ', '')) >= points,
      ),
    [who, least] as const,
  )
}

/** Keeps a picture of the page under `test-results/`. */
export async function picture(page: Page, title: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${title}.png`) })
}
