import { join } from 'node:path'
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  root: join(import.meta.dirname, 'page'),
  // Wherever the server hangs it, and whatever a balancer puts before that.
  base: './',
  // The library's sources, not its build: nothing needs building before the page.
  resolve: { conditions: ['@hoopsnake/source', ...defaultClientConditions] },
  build: {
    outDir: join(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    // The page is served with `default-src 'self'`: nothing in it may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
