import { expect, test } from 'vitest'
import type { Store } from '../../core/store.ts'

/** A store under test. */
export interface StoreCase {
  readonly store: Store
  /** Opens the same data again, once the first store is closed; left out by a store that forgets. */
  readonly again?: () => Store
  /** Takes away what the case made. */
  readonly clean?: () => void | Promise<void>
}

/** Text that a careless store mangles: quotes, wildcards, nothing, NUL, beyond the 16-bit characters, markup. */
const texts = [
  "Robert'); DROP TABLE kept;--",
  '%_*?[]',
  '',
  'a\u0000b',
  '🐍',
  '\u{fffd}',
  'é',
  'e\u0301',
  '<b>',
  ' a ',
  '__proto__',
]

type Check = (rule: string, run: (store: Store, given: StoreCase) => Promise<void>) => void

/** Declares the tests that every store passes; `make` gives a new, empty one each time. */
export function storeContract(name: string, make: () => StoreCase | Promise<StoreCase>): void {
  const check: Check = (rule, run) => {
    test(`${rule} (${name})`, async () => {
      const given = await make()
      try {
        await run(given.store, given)
      } finally {
        // Closed already by some of the tests.
        await given.store.close().catch(() => {})
        await given.clean?.()
      }
    })
  }
  bytesByKey(check)
  scores(check)
  orderAndEnd(check)
}

function bytesByKey(check: Check): void {
  check('[ST1] bytes come back as they were put, the last ones under a key', async (store) => {
    expect(await store.get('a')).toBeUndefined()
    await store.put('a', Uint8Array.of(1, 2, 3))
    await store.put('b', new Uint8Array())
    await store.put('a', Uint8Array.of(4))
    expect(bytes(await store.get('a'))).toEqual([4])
    expect(bytes(await store.get('b'))).toEqual([])
    await store.remove('a')
    await store.remove('never there')
    expect(await store.get('a')).toBeUndefined()
  })

  check('[ST1] any text is a key', async (store) => {
    for (const [at, key] of texts.entries()) await store.put(key, Uint8Array.of(at))
    for (const [at, key] of texts.entries()) expect(bytes(await store.get(key))).toEqual([at])
    expect(await store.keys('')).toEqual([...texts].sort())
  })

  check('[ST1] a megabyte comes back whole', async (store) => {
    const big = Uint8Array.from({ length: 1 << 20 }, (_, at) => at * 31)
    await store.put('big', big)
    expect(Buffer.compare(big, (await store.get('big'))!)).toBe(0)
  })

  check('[ST2] bytes are taken and given as copies', async (store) => {
    const all = Uint8Array.of(9, 1, 2, 9)
    const put = store.put('a', all.subarray(1, 3))
    all.fill(7)
    await put
    const got = await store.get('a')
    expect(bytes(got)).toEqual([1, 2])
    got!.fill(8)
    expect(bytes(await store.get('a'))).toEqual([1, 2])
  })

  check('[ST3] keys are listed by prefix, sorted, and by nothing else', async (store) => {
    for (const key of [
      'room/b',
      'room/a',
      'room',
      'rooms',
      'room/',
      'room0',
      'Room/a',
      'room/%',
      'room/🐍',
      'room/\uffff',
    ]) {
      await store.put(key, Uint8Array.of(1))
    }
    expect(await store.keys('room/')).toEqual([
      'room/',
      'room/%',
      'room/a',
      'room/b',
      'room/🐍',
      'room/\uffff',
    ])
    expect(await store.keys('room/%')).toEqual(['room/%'])
    expect(await store.keys('none')).toEqual([])
  })
}

function scores(check: Check): void {
  check('[ST4] a board keeps the best of each name, best first', async (store) => {
    for (const [who, score] of [['Ann', 5], ['Bob', 9], ['Ann', 7], ['Ann', 6], ['Cid', -1.5]] as const) await store.record('pit', who, score) // prettier-ignore
    await store.record('other', 'Ann', 100)
    expect(await store.top('pit', 10)).toEqual([
      { name: 'Bob', score: 9 },
      { name: 'Ann', score: 7 },
      { name: 'Cid', score: -1.5 },
    ])
    expect(await store.top('pit', 1)).toEqual([{ name: 'Bob', score: 9 }])
    expect(await store.top('pit', 0)).toEqual([])
    expect(await store.top('empty', 10)).toEqual([])
  })

  check('[ST4] of equal scores the earlier one is first', async (store) => {
    for (const [who, score] of [['Zoe', 5], ['Ann', 3], ['Bob', 5], ['Ann', 5], ['Zoe', 5]] as const) await store.record('pit', who, score) // prettier-ignore
    expect((await store.top('pit', 10)).map(({ name: who }) => who)).toEqual(['Zoe', 'Bob', 'Ann'])
  })

  check('[ST4] any text is a board and a name', async (store) => {
    for (const [at, text] of texts.entries()) {
      await store.record('names', text, -at)
      await store.record(text, 'Ann', at)
    }
    expect((await store.top('names', 100)).map(({ name: who }) => who)).toEqual(texts)
    for (const [at, text] of texts.entries())
      expect(await store.top(text, 2)).toEqual([{ name: 'Ann', score: at }])
  })

  check('[ST4] a score that is no finite number is rejected', async (store) => {
    for (const score of [NaN, Infinity, -Infinity])
      await expect(store.record('pit', 'Ann', score)).rejects.toThrow(/finite/)
    expect(await store.top('pit', 10)).toEqual([])
  })
}

function orderAndEnd(check: Check): void {
  check('[ST5] calls take effect in the order in which they were made', async (store) => {
    const calls: Promise<unknown>[] = []
    for (let at = 0; at < 200; at++) calls.push(store.put('a', Uint8Array.of(at)), store.get('a'))
    const answers = await Promise.all(calls)
    for (let at = 0; at < 200; at++) expect(bytes(answers[2 * at + 1] as Uint8Array)).toEqual([at])
  })

  check('[ST6] close finishes what was asked for; later calls are rejected', async (store, { again }) => {
    const put = store.put('a', Uint8Array.of(1))
    const record = store.record('pit', 'Ann', 5)
    await store.close()
    await Promise.all([put, record])
    for (const late of [
      store.get('a'),
      store.put('a', Uint8Array.of(2)),
      store.keys(''),
      store.top('pit', 1),
      store.close(),
    ]) {
      await expect(late).rejects.toThrow('the store is closed')
    }
    if (again === undefined) return
    const second = again()
    expect(bytes(await second.get('a'))).toEqual([1])
    expect(await second.top('pit', 1)).toEqual([{ name: 'Ann', score: 5 }])
    await second.close()
  })
}

function bytes(value: Uint8Array | undefined): number[] | undefined {
  return value && [...value]
}
