import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explain, openDatabase, type SqliteError } from './database.ts'
import { workerStore } from './proxy.ts'
import { sqlite } from './sqlite.ts'

let folder: string
let files = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hoopsnake-store-'))
})
afterAll(() => rm(folder, { recursive: true }))

const fresh = (): string => join(folder, `${files++}.db`)

test('[ST7] a file that cannot be used is told in words to every caller, and why', async () => {
  const text = join(folder, 'notes.txt')
  await writeFile(text, 'not a database, but long enough to be taken for one'.repeat(50))
  const newer = fresh()
  const db = new DatabaseSync(newer)
  db.exec('PRAGMA user_version = 99')
  db.close()
  const cases: [path: string, words: RegExp][] = [
    [join(folder, 'none', 'pit.db'), /there is no folder .*none\. Make it first: mkdir -p/],
    [folder, /it is a folder/],
    [text, /not an SQLite database/],
    [newer, /have version 99/],
  ]
  for (const [path, words] of cases) {
    const store = sqlite(path)
    const calls = [store.get('a'), store.put('b', Uint8Array.of(1)), store.top('pit', 3)]
    for (const call of calls) await expect(call).rejects.toThrow(words)
    await expect(store.get('a')).rejects.toThrow(words)
    await expect(store.close()).resolves.toBeUndefined()
  }
})

test('[ST7] a file that was cut off, or lost a page to zeros, is not opened', async () => {
  const path = fresh()
  const store = sqlite(path)
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => store.put(`room/${i}`, new Uint8Array(1000).fill(i))),
  )
  await store.close()
  const whole = await readFile(path)
  const damaged = [whole.subarray(0, whole.length - 8192), Buffer.from(whole).fill(0, 8192, 12_288)]
  for (const bytes of damaged) {
    const other = fresh()
    await writeFile(other, bytes)
    await expect(sqlite(other).get('room/1')).rejects.toThrow(/the file is damaged .*\.recover/)
  }
})

test('[ST7] what SQLite says about rights and locks is told in words', () => {
  const failed = (errcode: number): SqliteError => Object.assign(new Error('SQLite says'), { errcode })
  expect(explain('/x/pit.db', failed(8 | (1 << 8)))).toMatch(/may not be written/)
  expect(explain('/x/pit.db', failed(5))).toMatch(/another program holds it/)
  expect(explain(join(folder, 'pit.db'), failed(14))).toMatch(/may not be opened/)
  expect(explain('/x/pit.db', failed(11))).toMatch(/the file is damaged \(SQLite says\)/)
  expect(explain('/x/pit.db', failed(7))).toMatch(/SQLite says/)
})

test('[ST12] the rooms of a game are claimed by one server at a time', async () => {
  const path = fresh()
  const [ann, bob] = [sqlite(path), sqlite(path)]
  await ann.claim!('pit')
  await bob.claim!('chess')
  await expect(bob.claim!('pit')).rejects.toThrow(/another server has the rooms of 'pit' in .*\.db open/)
  // All else they may share.
  await bob.put('a', Uint8Array.of(1))
  expect(await ann.get('a')).toEqual(Uint8Array.of(1))
  await ann.close()
  await bob.claim!('pit')
  await bob.close()
})

test('[ST12] a claim outlives the worker that made it', async () => {
  const path = fresh()
  let worker: Worker | undefined
  const url = new URL('./worker.ts', import.meta.url)
  const ann = workerStore(() => (worker = new Worker(url, { workerData: path, execArgv: [] })))
  await ann.claim!('pit')
  await worker!.terminate()
  await ann.keys('')
  const bob = sqlite(path)
  await expect(bob.claim!('pit')).rejects.toThrow(/another server/)
  await Promise.all([ann.close(), bob.close()])
})

test('[ST8] of calls in one transaction, the one that fails is alone in it', () => {
  const db = openDatabase(':memory:')
  const results = db.all([
    { op: 'put', key: 'a', value: Uint8Array.of(1) },
    { op: 'record', board: 'pit', name: 'Ann', score: NaN },
    { op: 'get', key: 'a' },
  ])
  expect(results[1]).toBeInstanceOf(Error)
  expect(results[2]).toEqual(Uint8Array.of(1))
  db.close()
})

test('[ST9] a worker that dies rejects what it had not answered; the next call starts another', async () => {
  const workers = [
    "require('node:worker_threads').parentPort.on('message', () => { throw new Error('out of luck') })",
    "require('node:worker_threads').parentPort.on('message', () => process.exit(3))",
    "const { parentPort: p } = require('node:worker_threads'); p.on('message', ({ id }) => p.postMessage({ answers: [{ id, value: ['well'] }] }))",
  ]
  const store = workerStore(() => new Worker(workers.shift()!, { eval: true }))
  const calls = [store.get('a'), store.put('b', Uint8Array.of(1))]
  for (const call of calls) await expect(call).rejects.toThrow("the store's thread failed: out of luck")
  await expect(store.get('a')).rejects.toThrow("the store's thread ended with code 3")
  expect(await store.keys('')).toEqual(['well'])
  await store.close()
})
