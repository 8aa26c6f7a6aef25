import { chromium as playwright, type Browser } from 'playwright-core'
import { chromium } from './chromium.ts'

// No sandbox: the tests run as root in containers, and open only our own pages.
// The others keep the browser from calling home, which a closed network answers with seconds of waiting.
export const flags: readonly string[] =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
    ' ',
  )

/** Starts a Chromium. Whoever starts it closes it: `await using browser = await launch()`. */
export async function launch(): Promise<Browser> {
  const { path, env } = await chromium()
  return playwright.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    args: ['--headless', ...flags],
  })
}
