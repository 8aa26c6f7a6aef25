import { expect, test } from 'vitest'
import { fileHeaders, isWelcome, originSet, shared } from './headers.ts'
import { discordOrigins, itchOrigins } from './portals.ts'

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
    ['https://evil.example', 'game.example@evil.example'],
    ['https://evil.example', 'evil.example/.game.example'],
    ['https://evil.example', 'evil.example?.game.example'],
    ['https://evil.example', 'evil.example\\.game.example'],
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
    'https://a.example;script-src',
    "https://a.example'",
    'https://a.example,b.example',
  ]) {
    expect(() => originSet([bad])).toThrow(/is not an origin/)
  }
})

test('[SF9] an answer is shared with exactly the origin that asks, if it is welcome', () => {
  const origins = originSet(['https://portal.example', 'https://other.example'])
  const host = 'game.example'
  expect(shared({ origin: 'https://portal.example', host }, origins)).toEqual({
    vary: 'origin',
    'access-control-allow-origin': 'https://portal.example',
  })
  expect(shared({ host }, origins)).toEqual({ vary: 'origin' })
  expect(shared({ origin: 'https://evil.example', host }, origins)).toBeUndefined()
})

test('[SF9] pages of this host and of `origins` may frame the page, and no other', () => {
  const policy = (origins: string[]) =>
    fileHeaders(originSet(origins))['content-security-policy']!.split('; ')
  expect(policy([])).toContain("frame-ancestors 'self'")
  expect(policy(['https://a.example', 'https://b.example:8443'])).toContain(
    "frame-ancestors 'self' https://a.example https://b.example:8443",
  )
})

test('[SF9] the origins of itch.io and Discord are given by name', () => {
  expect(itchOrigins()).toEqual(['https://html-classic.itch.zone', 'https://html.itch.zone'])
  expect(itchOrigins('Ann-2')).toEqual([...itchOrigins(), 'https://itch.io', 'https://ann-2.itch.io'])
  expect(discordOrigins('123456789012345678')).toEqual([
    'https://123456789012345678.discordsays.com',
    'https://discord.com',
    'https://ptb.discord.com',
    'https://canary.discord.com',
  ])
  originSet([...itchOrigins('ann'), ...discordOrigins('123456789012345678')])
  for (const bad of ['', 'ann.itch.io', 'https://ann.itch.io', '*', 'ann;', '-ann'])
    expect(() => itchOrigins(bad)).toThrow(/is no account of itch.io/)
  for (const bad of ['', 'snake', '1234', 123456789012345678n as never, '*'])
    expect(() => discordOrigins(bad)).toThrow(/is no application id/)
})
