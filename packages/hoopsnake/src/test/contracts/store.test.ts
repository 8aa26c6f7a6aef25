import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { memoryStore } from '../../core/store.ts'
import { sqlite } from '../../server/store/sqlite.ts'
import { storeContract } from './store.ts'

storeContract('memory', () => ({ store: memoryStore() }))
storeContract('sqlite in memory', () => ({ store: sqlite(':memory:') }))
storeContract('sqlite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hoopsnake-store-'))
  const path = join(folder, 'pit.db')
  return {
    store: sqlite(path),
    again: () => sqlite(pathToFileURL(path)),
    clean: () => rmSync(folder, { recursive: true }),
  }
})
