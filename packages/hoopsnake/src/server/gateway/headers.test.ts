import { expect, test } from 'vitest'
import { isWelcome, originSet } from './headers.ts'

const none = originSet([])

test('[GW12] a page of this host is welcome, one of another host is not', () => {
  const ours: [origin: string, host: string][] = [
    ['http://localhost:8080', 'localhost:8080'],
    ['https://Game.example', 'game.example'],
    ['https://game.example', 'game.example:443'],
    ['http://[::1]:8080', '[::1]:8080'],
  ]
  expect(ours.filter(([origin, host]) => !isWelcome({ origin, host }, none))).toEqual([])
  const others: [origin: string, host: string | undefined][] = [
    ['http://localhost:8081', 'localhost:8080'],
    ['https://game.example.evil.example', 'game.example'],
    ['https://evilgame.example', 'game.example'],
    ['https://evil.example', 'game.example'],
    ['https://game.example, https://evil.example', 'game.example'],
    ['null', 'game.example'],
    ['', ''],
    ['file://', ''],
    ['app://game.example', 'game.example'],
    ['https://game.example', undefined],
    ['https://game.example@evil.example', 'game.example'],
  ]
  expect(
    others.filter(([origin, host]) => isWelcome({ origin, ...(host === undefined ? {} : { host }) }, none)),
  ).toEqual([])
})

test('[GW12] an origin in the list is welcome, exactly; no origin is no browser', () => {
  const origins = originSet(['https://portal.example'])
  expect(isWelcome({ origin: 'https://portal.example', host: 'game.example' }, origins)).toBe(true)
  expect(isWelcome({ origin: 'http://portal.example', host: 'game.example' }, origins)).toBe(false)
  expect(isWelcome({ origin: 'https://a.portal.example', host: 'game.example' }, origins)).toBe(false)
  expect(isWelcome({ host: 'game.example' }, origins)).toBe(true)
  expect(isWelcome({ origin: 'capacitor://localhost' }, originSet(['capacitor://localhost']))).toBe(true)
})

test('an origin that no browser sends is refused when the server is made', () => {
  for (const bad of [
    '*',
    'portal.example',
    'https://portal.example/',
    'https://*.example',
    'https://a.example:443',
    'null',
  ]) {
    expect(() => originSet([bad])).toThrow(/is not an origin/)
  }
})
