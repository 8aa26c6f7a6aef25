/* The page of README.md in a real browser. */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { launch } from '../scripts/browser.ts'
import { buildPage, programs, writeGames } from './readme.ts'

const { serving, endAll } = programs()
afterEach(endAll)

test('two players of the README see each other, and one moves', async () => {
  const coins = join(await writeGames('e2e'), 'coins')
  await buildPage(coins)
  const url = await serving(join(coins, 'server.ts'))
  await using browser = await launch()
  const open = async (name: string) => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('dialog', (dialog) => void dialog.accept(name))
    // What is written on the canvas, by what it says.
    await page.addInitScript(() => {
      const written: Record<string, number> = {}
      Object.assign(globalThis, { written })
      CanvasRenderingContext2D.prototype.fillText = (text, x) => void (written[text] = x)
    })
    await page.goto(url)
    const sees = (text: string, beyond: number) =>
      page.waitForFunction(
        ([name, x]) =>
          ((globalThis as unknown as { written: Record<string, number> }).written[name] ?? 0) > x,
        [text, beyond] as const,
      )
    return { page, errors, sees }
  }
  const [ann, bob] = [await open('Ann'), await open('Bob')]
  await ann.sees('● Bob 0', 249)
  await bob.sees('● Ann 0', 249)
  await ann.page.keyboard.down('ArrowRight')
  await Promise.all([ann.sees('● Ann 0', 300), bob.sees('● Ann 0', 300)])
  await ann.page.keyboard.up('ArrowRight')
  expect([...ann.errors, ...bob.errors]).toEqual([])
})
