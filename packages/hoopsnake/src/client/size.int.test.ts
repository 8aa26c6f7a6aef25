import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { expect, test } from 'vitest'

/** Bytes of what a page loads for the client, compressed. */
const MOST = 15 * 1024

test('[CL18] the client takes at most 15 KB of a page, compressed', async () => {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@hoopsnake/source'] },
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('index.ts', import.meta.url)),
        preserveEntrySignatures: 'strict',
      },
    },
  })
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  const code = outputs.map((one) => ('code' in one ? one.code : '')).join('')
  expect(code).toContain('WebSocket')
  // What a strict Content Security Policy forbids.
  expect(code).not.toMatch(/\bFunction\(|\beval\(/)
  expect(gzipSync(code).length).toBeLessThanOrEqual(MOST)
})
