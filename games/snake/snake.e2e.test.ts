import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch } from '../../scripts/browser.ts'
import { buildPage } from '../../scripts/page.ts'
import { life, name, phase, picture, play, scores, sees, shows, status, visitors } from './test/pages.ts'
import { startProgram } from './test/program.ts'
import { eat, heads, roam, turnAside } from './test/steer.ts'

let browser: Browser

beforeAll(async () => {
  await buildPage()
  browser = await launch()
})

afterAll(() => browser.close())

const textOf = (page: Page, selector: string) => page.locator(selector).innerText()

test.concurrent('two play: join, see each other, turn, eat, die, join again; scores are shown', async () => {
  await using program = await startProgram('--hz', '8')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  const bob = await pages.open(program.url)
  await picture(ann, 'name-desktop')
  await name(ann, 'Ann')
  await name(bob, 'Bob')
  await play(ann)
  await play(bob)
  await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')])

  const to = await turnAside(bob, (side) =>
    bob.keyboard.press(`Arrow${side[0]!.toUpperCase()}${side.slice(1)}`),
  )
  await Promise.all([heads(bob, 'Bob', to), heads(ann, 'Bob', to)])

  const score = await eat(ann)
  await picture(ann, 'play-desktop')
  await Promise.all([scores(ann, 'Ann', score), scores(bob, 'Ann', score)])

  // Nobody steers any more: the walls end it.
  await Promise.all([phase(ann, 'over'), phase(bob, 'over')])
  expect(await textOf(bob, '#banner-title')).toBe('GAME OVER')
  expect(await textOf(bob, '#banner-text')).toMatch(/ wins? with \d+\./)
  await shows(bob, '#scores-list', 'Ann')
  await picture(ann, 'over-desktop')
  await play(bob)
  await sees(ann, 'Bob')
})

test.concurrent('who died joins again while the others play on', async () => {
  await using program = await startProgram('--hz', '8')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  const bob = await pages.open(program.url)
  await name(ann, 'Ann')
  await name(bob, 'Bob')
  await play(ann)
  await play(bob)
  let done = false
  const roaming = roam(ann, () => done)
  await life(bob, 'dead')
  await picture(bob, 'died-desktop')
  expect(await textOf(bob, '#banner-act')).toBe('Join again')
  await play(bob)
  done = true
  await roaming
})

test.concurrent('a name of markup is shown as the text it is, and nothing of it runs', async () => {
  await using program = await startProgram('--hz', '8')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  const bob = await pages.open(program.url)
  // The page says nothing of length: it is the field that takes no more than fifteen.
  await name(ann, '<img src=x onerror=alert(1)>')
  await name(bob, '<svg onload=x>')
  await play(ann)
  await play(bob)
  await sees(ann, '<svg onload=x>')
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

test.concurrent('a page that is loaded anew has its seat back', async () => {
  await using program = await startProgram('--hz', '2')
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
  await using program = await startProgram('--hz', '8')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url)
  await name(ann, 'Ann')
  await ann.click('#room-new')
  await ann.waitForURL(/#\w+$/)
  const bob = await pages.open(ann.url())
  const cid = await pages.open(program.url)
  await name(bob, 'Bob')
  await name(cid, 'Cid')
  await play(ann)
  await Promise.all([sees(bob, 'Ann'), play(cid)])
  await play(bob)
  await sees(ann, 'Bob')
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
  expect(await textOf(cid, '#banner-title')).toBe('No room NOSUCH')
  await cid.click('#banner-act')
  await status(cid, 'live')
  expect(new URL(cid.url()).hash).toBe('')
})

test.concurrent('on a phone one plays by tapping and swiping, and nothing scrolls', async () => {
  await using program = await startProgram('--hz', '4')
  await using pages = visitors(browser)
  const ann = await pages.open(program.url, 'phone')
  await picture(ann, 'name-phone')
  await ann.fill('#name-input', 'Ann')
  await ann.tap('#name-form [type=submit]')
  await ann.tap('#banner-act')
  await life(ann, 'alive')
  await picture(ann, 'play-phone')

  const swiped = await turnAside(ann, (to) => swipe(ann, to))
  await heads(ann, 'Ann', swiped)
  const pressed = await turnAside(ann, (to) => ann.tap(`#pad [data-turn=${to}]`))
  await heads(ann, 'Ann', pressed)
  expect(await ann.evaluate(() => [scrollX, scrollY, document.documentElement.scrollWidth])).toEqual([
    0, 0, 390,
  ])

  await phase(ann, 'over')
  await picture(ann, 'over-phone')
  await ann.tap('#banner-act')
  await life(ann, 'alive')
  await program.stop()
  await status(ann, 'away')
  await picture(ann, 'reconnecting-phone')
})

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
