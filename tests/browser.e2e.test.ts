import { expect, test } from 'vitest'
import { launch } from '../scripts/browser.ts'

test('a real Chromium starts, and its text can be seen', async () => {
  await using browser = await launch()
  const page = await browser.newPage({ viewport: { width: 200, height: 100 } })
  const picture = async (text: string) => {
    await page.setContent(`<p style="font: 20px monospace">${text}</p>`)
    return (await page.screenshot()).toString('base64')
  }
  // Without fonts all three are the same: nothing, or boxes.
  const pictures = [await picture('&nbsp;'), await picture('i'), await picture('W')]
  expect(new Set(pictures).size).toBe(3)
})
