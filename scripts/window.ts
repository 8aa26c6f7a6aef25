import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium as playwright, type BrowserContext } from 'playwright-core'
import { flags } from './browser.ts'
import { wholeChromium } from './chromium.ts'

/**
 * Opens a browser's window with tabs as people have them: hidden behind one another, frozen, kept when they are left.
 * Playwright keeps pages in focus, but not those of a browser that it only finds. Whoever opens it closes it.
 */
export async function openWindow(): Promise<{ readonly tabs: BrowserContext } & AsyncDisposable> {
  const { path, env } = await wholeChromium()
  const profile = await mkdtemp(join(tmpdir(), 'window-'))
  const child = spawn(
    path,
    [...flags, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = once(child, 'exit')
  const address = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (text) => {
      said += String(text)
      const [, found] = /DevTools listening on (ws:\S+)/.exec(said) ?? []
      if (found !== undefined) resolve(found)
    })
    void ended.then(() => reject(new Error(`Chromium did not start:\n${said}`)))
  })
  const browser = await playwright.connectOverCDP(address, { noDefaults: true })
  return {
    tabs: browser.contexts()[0]!,
    async [Symbol.asyncDispose]() {
      await browser.close()
      child.kill('SIGKILL')
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
