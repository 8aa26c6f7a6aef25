import { expect, test } from 'vitest'
import { jsonLog, plainLog } from './log.ts'

function logged(level: 'debug' | 'info', ...entry: Parameters<ReturnType<typeof plainLog>>): string[] {
  const lines: string[] = []
  plainLog({ level, write: (line) => lines.push(line), colour: false, stamp: () => '' })(...entry)
  return lines
}

test('[GW15] an entry is one line: level, message, fields', () => {
  expect(
    logged('info', 'info', 'room open', { room: 'ABCD', seats: 3, why: 'two words', none: undefined }),
  ).toEqual(['info  room open room=ABCD seats=3 why="two words"'])
  expect(logged('info', 'debug', 'chatter')).toEqual([])
})

test('[GW15] nothing that a client sent begins a line of its own or steers the terminal', () => {
  const [line = ''] = logged('info', 'warn', 'name\nerror forged', {
    name: 'a\u001b[2Jb\nc\u2028d\u202ee',
    error: new Error('x\ny'),
  })
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/)
  expect(line).toContain('Error: x | y')
})

test('[GW15] a text is cut at 2,000 characters: a header may be longer than all the rest of the log', () => {
  const [short, long] = ['a'.repeat(2000), 'a'.repeat(2001)]
  expect(logged('info', 'warn', 'refused', { short, long })).toEqual([
    `warn  refused short=${short} long="${short}…"`,
  ])
})

test('[GW15] colours are codes around the same words', () => {
  const lines: string[] = []
  plainLog({ write: (line) => lines.push(line), colour: true, stamp: () => 'T' })('error', 'oh', { a: 1 })
  // oxlint-disable-next-line no-control-regex -- colour codes begin with it
  expect(lines[0]!.replace(/\u001b\[\d+m/g, '')).toBe('T error oh a=1')
})

test('[GW15] what throws when it is looked at keeps nothing from being logged', () => {
  const nasty = Object.defineProperty(new Error('x'), 'stack', {
    get(): never {
      throw new Error('nasty')
    },
  })
  expect(logged('info', 'error', 'the room failed', { error: nasty, room: 'A' })).toEqual([
    'error the room failed error=(cannot be shown) room=A',
  ])
})

test('[OP10] an entry is one JSON object on one line, whatever is in it', () => {
  const lines: string[] = []
  const log = jsonLog({ level: 'debug', write: (line) => lines.push(line) })
  const nasty = Object.defineProperty(new Error('x'), 'stack', {
    get(): never {
      throw new Error('nasty')
    },
  })
  const round: Record<string, unknown> = {}
  round['round'] = round
  const cause = Object.assign(new Error('why'), { code: 'EIO' })
  log('warn', 'name\nforged\u2028', {
    name: 'a\u001b[2J\u202eb\u{e0001}',
    level: 'none',
    room: 'ABCD',
    tick: 7,
  })
  log('error', 'the room failed', {
    error: new Error('oh', { cause }),
    nasty,
    round,
    big: 10n,
    none: undefined,
  })
  log('debug', 'long', { text: 'x'.repeat(5000), list: [1, { a: null }] })
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e\u{e0001}]/u)
  const [first, second, third] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(first).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    level: 'warn',
    message: 'name\nforged\u2028',
    name: 'a\u001b[2J\u202eb\u{e0001}',
    room: 'ABCD',
    tick: 7,
  })
  expect(second).toMatchObject({
    error: {
      name: 'Error',
      message: 'oh',
      stack: expect.any(String),
      cause: { message: 'why', code: 'EIO' },
    },
    nasty: '(cannot be shown)',
    round: expect.stringContaining('Circular'),
    big: '10n',
  })
  expect(third!['text']).toHaveLength(2001)
  expect(third!['list']).toEqual([1, { a: null }])
})

test('[OP10] entries below the level are not written', () => {
  const lines: string[] = []
  jsonLog({ level: 'warn', write: (line) => lines.push(line) })('info', 'chatter')
  expect(lines).toEqual([])
})
