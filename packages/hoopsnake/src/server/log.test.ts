import { expect, test } from 'vitest'
import { plainLog } from './log.ts'

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
