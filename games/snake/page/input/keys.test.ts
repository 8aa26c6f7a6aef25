import { expect, test } from 'vitest'
import { commandOf } from './keys.ts'

const key = (key: string, code = '', more = {}) => ({
  key,
  code,
  repeat: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
})

test.each([
  ['ArrowUp', 'ArrowUp', 'up'],
  ['ArrowRight', 'ArrowRight', 'right'],
  ['ArrowDown', 'ArrowDown', 'down'],
  ['ArrowLeft', 'ArrowLeft', 'left'],
  ['w', 'KeyW', 'up'],
  ['d', 'KeyD', 'right'],
  ['s', 'KeyS', 'down'],
  ['a', 'KeyA', 'left'],
] as const)('%s (%s) turns %s', (name, code, turn) => {
  expect(commandOf(key(name, code))).toEqual({ turn })
})

test('letters count by their place: on a French keyboard Z is above, on a Cyrillic one Ц', () => {
  expect(commandOf(key('z', 'KeyW'))).toEqual({ turn: 'up' })
  expect(commandOf(key('ц', 'KeyW'))).toEqual({ turn: 'up' })
})

test('capitals turn as well', () => {
  expect(commandOf(key('W', 'KeyW'))).toEqual({ turn: 'up' })
})

test('Space and Enter join, the tilde shows figures', () => {
  expect(commandOf(key(' ', 'Space'))).toBe('join')
  expect(commandOf(key('Enter', 'Enter'))).toBe('join')
  expect(commandOf(key('~', 'Backquote'))).toBe('debug')
})

test('a held key says nothing new, but is still the game’s: the page must not scroll', () => {
  expect(commandOf(key('ArrowDown', 'ArrowDown', { repeat: true }))).toBe('none')
  expect(commandOf(key(' ', 'Space', { repeat: true }))).toBe('none')
})

test('keys of the browser and keys of nobody are left alone', () => {
  expect(commandOf(key('r', 'KeyR'))).toBeUndefined()
  expect(commandOf(key('w', 'KeyW', { ctrlKey: true }))).toBeUndefined()
  expect(commandOf(key('ArrowLeft', 'ArrowLeft', { altKey: true }))).toBeUndefined()
  expect(commandOf(key('constructor', 'toString'))).toBeUndefined()
})
