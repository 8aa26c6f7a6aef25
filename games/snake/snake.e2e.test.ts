import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../scripts/browser.ts'
import { buildPage } from '../../scripts/page.ts'
import {
  life,
  name,
  patience,
  phase,
  picture,
  play,
  scores,
  sees,
  shows,
  soon,
  status,
  visitors,
} from './test/pages.ts'
import { startProgram } from './test/program.ts'
import { eat, heads, roaming } from './test/steer.ts'

let browser: Browser

beforeAll(async () => {
  await buildPage()
  browser = await launch()
})

afterAll(() => browser.close())

// Where nobody dies, nothing is to be done in time.
const deathless = ['--mode', 'open', '--hz', '8']

const textOf = (page: Page, selector: string) => page.locator(selector).innerText()

// The same game, wherever its rooms run.
test.concurrent.for(['0', '2'])(
  'one eats, dies and joins again; the others read it all (threads: %s)',
  async (threads) => {
    await using program = await startProgram('--hz', '8', '--threads', threads)
    await using pages = visitors(browser)
    const ann = await pages.open(program.url)
    const bob = await pages.open(program.url)
    await picture(ann, 'name-desktop')
    await name(ann, 'Ann')
    await play(ann)
    const score = await eat(ann)
    await Promise.all([scores(ann, 'Ann', score), scores(bob, 'Ann', score)])
    await picture(ann, 'play-desktop')

    // Nobody steers any more: a wall ends it.
    await Promise.all([phase(ann, 'over'), phase(bob, 'over')])
    // Waited for: a page that the machine starves may say for a moment that it reconnects.
    await shows(bob, '#banner-title', /^GAME OVER$/)
    await shows(bob, '#banner-text', /^Ann wins with \d+\./)
    await shows(bob, '#scores-list', 'Ann')
    await picture(ann, 'over-desktop')
    await play(ann)
  },
)

test.concurrent('who died joins again while the others play on', async () => {
  await using program = await startProgram('--hz', '6')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  const bob = await pages.open(program.url)
  await name(ann, 'Ann')
  await name(bob, 'Bob')
  await play(ann)
  await roaming(ann, async () => {
    // Steered by a starved page, the other may die first: then the round is over, and they play another.
    let again: Promise<void>
    do {
      await play(bob)
      await bob.waitForSelector('body[data-life=dead], body[data-life=none]')
      again = bob.locator('#banner-act').filter({ hasText: 'Join again' }).waitFor({ timeout: patience })
    } while (!(await soon(again)))
    await picture(bob, 'died-desktop')
    await play(bob)
  })
})

test.concurrent('two see each other, and each turn of the other', async () => {
  await using program = await startProgram(...deathless)
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  const bob = await pages.open(program.url)
  await name(ann, 'Ann')
  await name(bob, 'Bob')
  await Promise.all([play(ann), play(bob)])
  await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')])
  // After a turn to the left, up is never the way back, whichever way it was born.
  await ann.keyboard.press('ArrowLeft')
  for (const [key, to] of turns) {
    await Promise.all([ann.keyboard.press(key), heads(ann, 'Ann', to), heads(bob, 'Ann', to)])
  }
  await picture(ann, 'open-desktop')
})

const turns = [
  ['ArrowUp', 'up'],
  ['ArrowRight', 'right'],
  ['s', 'down'],
  ['A', 'left'],
] as const

test.concurrent('a name of markup is shown as the text it is, and nothing of it runs', async () => {
  await using program = await startProgram(...deathless)
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  const bob = await pages.open(program.url)
  // The page says nothing of length: it is the field that takes no more than fifteen.
  await name(ann, '<img src=x onerror=alert(1)>')
  await name(bob, '<svg onload=x>')
  await Promise.all([play(ann), play(bob)])
  for (const page of [ann, bob]) {
    await shows(page, '#players-list', '<img src=x oner')
    await shows(page, '#players-list', '<svg onload=x>')
    expect(await page.locator('body img, body svg').count()).toBe(0)
  }
})

test.concurrent('a restarted server has the page back, its room and its scores', async () => {
  await using program = await startProgram('--hz', '8')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  await name(ann, 'Ann')
  await play(ann)
  await eat(ann)
  await phase(ann, 'over')
  await shows(ann, '#scores-list', 'Ann')
  const before = await textOf(ann, '#scores-list')
  const room = await ann.evaluate(() => window.snake!.room)
  await play(ann)

  await program.stop()
  await status(ann, 'away')
  expect(await textOf(ann, '#status')).toBe('reconnecting…')
  expect(await ann.evaluate(() => window.snake!.scene !== undefined)).toBe(true)
  await picture(ann, 'reconnecting-desktop')
  await program.start()
  await status(ann, 'live')
  expect(await ann.evaluate(() => window.snake!.room)).toBe(room)
  expect(await textOf(ann, '#scores-list')).toBe(before)

  const bob = await pages.open(program.url)
  expect(await textOf(bob, '#scores-list')).toBe(before)
})

test.concurrent('a page is told that its server will stop, plays on, and is back on the next one', async () => {
  await using program = await startProgram('--hz', '8', '--drain', '4')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  await name(ann, 'Ann')
  await play(ann)
  const stopped = program.stop()
  await shows(ann, '#status', 'the server stops within 10 s')
  await picture(ann, 'stops-desktop')
  await status(ann, 'away')
  await shows(ann, '#banner-text', 'The server stopped.')
  await stopped
  await program.start()
  await status(ann, 'live')
  await shows(ann, '#status', 'live')
})

test.concurrent('a page that is loaded anew has its seat back', async () => {
  await using program = await startProgram(...deathless)
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  await name(ann, 'Ann')
  await play(ann)
  const seat = await ann.evaluate(() => window.snake!.seat)
  await ann.reload()
  await life(ann, 'alive')
  expect(await ann.evaluate(() => window.snake!.seat)).toBe(seat)
  expect(await ann.locator('#name').isVisible()).toBe(false)
})

test.concurrent('a room by link keeps its game apart; a link to no room leads out', async () => {
  await using program = await startProgram(...deathless)
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  await name(ann, 'Ann')
  await ann.click('#room-new')
  await ann.waitForURL(/#\w+$/)
  const bob = await pages.open(ann.url())
  const cid = await pages.open(program.url)
  await name(bob, 'Bob')
  await name(cid, 'Cid')
  await Promise.all([play(ann), play(bob), play(cid)])
  await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')])
  expect(await textOf(cid, '#players-list')).not.toMatch(/Ann|Bob/)
  expect(await textOf(ann, '#players-list')).not.toContain('Cid')

  // A private room is not listed.
  await cid.click('#rooms-open')
  const code = await cid.evaluate(() => window.snake!.room)
  await shows(cid, '#rooms-list', code)
  expect(await textOf(cid, '#rooms-list')).not.toContain(new URL(ann.url()).hash.slice(1))
  await picture(cid, 'rooms-desktop')
  await cid.keyboard.press('Escape')

  await cid.goto(`${program.url}#NOSUCH`)
  await status(cid, 'closed')
  await cid.reload()
  await status(cid, 'closed')
  expect(await cid.locator('#name').isVisible()).toBe(false)
  expect(await textOf(cid, '#banner-title')).toBe('No room NOSUCH')
  await cid.click('#banner-act')
  await status(cid, 'live')
  expect(new URL(cid.url()).hash).toBe('')
})

test.concurrent('on a phone one steers by swipes and by the pad, and nothing scrolls', async () => {
  await using program = await startProgram(...deathless)
  await using pages = visitors(browser)
  const ann = await pages.open(program.url, 'phone')
  await enterByTouch(ann)
  // As with the keys.
  await swipe(ann, 'left')
  for (const to of ['up', 'right', 'down', 'left'] as const) {
    await Promise.all([swipe(ann, to), heads(ann, 'Ann', to)])
  }
  for (const to of ['up', 'left', 'down', 'right'] as const) {
    await Promise.all([ann.tap(`#pad [data-turn=${to}]`), heads(ann, 'Ann', to)])
  }
  expect(await ann.evaluate(() => [scrollX, scrollY, document.documentElement.scrollWidth])).toEqual([
    0, 0, 390,
  ])
  await picture(ann, 'open-phone')
})

test.concurrent('on a phone one joins by tapping, again and again', async () => {
  await using program = await startProgram('--hz', '8')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url, 'phone')
  await picture(ann, 'name-phone')
  await enterByTouch(ann)
  await picture(ann, 'play-phone')
  await phase(ann, 'over')
  await picture(ann, 'over-phone')
  await ann.tap('#banner-act')
  await life(ann, 'alive')
  await program.stop()
  await status(ann, 'away')
  await picture(ann, 'reconnecting-phone')
})

async function enterByTouch(page: Page): Promise<void> {
  await page.fill('#name-input', 'Ann')
  await page.tap('#name-form [type=submit]')
  await page.tap('#banner-act')
  await life(page, 'alive')
}

/** Moves a finger over the field. */
async function swipe(page: Page, to: 'up' | 'right' | 'down' | 'left'): Promise<void> {
  const way = { up: [0, -60], right: [60, 0], down: [0, 60], left: [-60, 0] }[to]
  const touch = await page.context().newCDPSession(page)
  const at = (share: number) => [{ x: 190 + way[0]! * share, y: 250 + way[1]! * share }]
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
  for (const share of [0.3, 0.6, 1]) {
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(share) })
  }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}
