import { expect, test } from 'vitest'
import { help, readOptions } from './options.ts'

test('without options the classic game is served on port 8080', () => {
  expect(readOptions([])).toMatchObject({ mode: 'classic', port: 8080, hz: undefined, drain: 0, help: false })
  expect(readOptions(['--drain', '60']).drain).toBe(60)
})

test('an option goes before the environment', () => {
  expect(readOptions([], '9000').port).toBe(9000)
  expect(readOptions(['--port', '0'], '9000').port).toBe(0)
  expect(readOptions([], '').port).toBe(8080)
})

test('every mode has a file of its own, unless one is named', () => {
  expect(readOptions([]).db).toMatch(/snake\.classic\.db$/)
  expect(readOptions(['--mode', 'open']).db).toMatch(/snake\.open\.db$/)
  expect(readOptions(['--db', 'x.db', '--hz', '5'])).toMatchObject({ db: 'x.db', hz: '5' })
})

test('nobody else is believed or let in, unless it is named', () => {
  expect(readOptions([])).toMatchObject({ origins: [], proxies: 0 })
  expect(readOptions(['--proxies', '2', '--origins', 'https://a.example,https://b.example'])).toMatchObject({
    origins: ['https://a.example', 'https://b.example'],
    proxies: 2,
  })
  expect(readOptions(['--proxies', '10.0.0.0/8,::1']).proxies).toEqual(['10.0.0.0/8', '::1'])
})

test('two bots are the rule, in mode classic', () => {
  expect([
    readOptions([]).bots,
    readOptions(['--bots', '0']).bots,
    readOptions(['--bots', '9']).bots,
  ]).toEqual([2, 0, 9])
})

test('the help names every option', () => {
  for (const option of [
    '--port',
    '--mode',
    '--hz',
    '--threads',
    '--bots',
    '--db',
    '--origins',
    '--proxies',
    '--drain',
    '--help',
  ])
    expect(help).toContain(option)
  expect(readOptions(['--help']).help).toBe(true)
})

test.each([
  [['--speed', '3'], "Unknown option '--speed'"],
  [['fast'], "Unexpected argument 'fast'"],
  [['--port'], "'--port <value>' argument missing"],
  [['--mode', 'arena'], "there is no mode 'arena': give --mode classic or --mode open"],
  [['--port', 'x'], "'x' is no port: give --port 0 … 65535"],
  [['--bots', '10'], "'10' bots: give a number from 0 to 9"],
  [['--threads', 'many'], "'many' threads: give a number from 0 to 64"],
  [['--drain', '1m'], "'1m' seconds to leave: give --drain 0 … 3600"],
  [['--port', '65536'], "'65536' is no port"],
  [['--port', '1e3'], "'1e3' is no port"],
])('%j is refused in words', (args, words) => {
  expect(() => readOptions(args)).toThrowError(words)
})
