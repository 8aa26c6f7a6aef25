import { expect, test } from 'vitest'
import { baseOf, route } from './route.ts'

test('[GW10] rooms, health and files have their paths, below the base', () => {
  for (const base of ['', '/game']) {
    expect(route(`${base}/r/snake`, base)).toEqual({ to: 'room', protocol: 'snake', code: '' })
    expect(route(`${base}/r/snake/AB-12?x=/r/y`, base)).toEqual({
      to: 'room',
      protocol: 'snake',
      code: 'AB-12',
    })
    expect(route(`${base}/healthz`, base)).toEqual({ to: 'health' })
    expect(route(`${base}/readyz?from=here`, base)).toEqual({ to: 'ready' })
    expect(route(`${base}/metrics`, base)).toEqual({ to: 'metrics' })
    expect(route(`${base}/metrics/x`, base)).toEqual({ to: 'file', path: '/metrics/x' })
    expect(route(`${base}/`, base)).toEqual({ to: 'file', path: '/' })
    expect(route(`${base}/a%20b/%C3%A4.js?v=1`, base)).toEqual({ to: 'file', path: '/a b/ä.js' })
    expect(route(`${base}/r`, base)).toEqual({ to: 'file', path: '/r' })
  }
})

test('[GW10] what is not below the base is nobody of ours', () => {
  const others = ['/', '/games', '/gam', '/r/snake', '*', '', 'http://host/game/', '//game/']
  expect(others.filter((url) => route(url, '/game'))).toEqual([])
  expect(route('/game', '/game')).toEqual({ to: 'base' })
  expect(route('*', '')).toBeUndefined()
  expect(route('http://host/', '')).toBeUndefined()
})

test('[GW11] a part that leads up, hides or steers the file system is refused, however it is written', () => {
  const bad = [
    '/..', '/../x', '/a/../b', '/./a', '/%2e%2e/x', '/%2E%2e%2fx', '/a%2fb', '/a%5cb', '/a\\b', '/%00', '/a%00.js',
    '/.env', '/.git/config', '/a//b', '//evil.example', '/a%0ab', '/c:/x', '/%', '/%ff', '/%c0%ae%c0%ae/x', '/r/', '/r/Snake',
    '/r/snake/x/y', '/r/sn%00ake', '/r/snake/%2e%2e', `/r/${'a'.repeat(33)}`, `/r/snake/${'A'.repeat(33)}`,
  ] // prettier-ignore
  expect(bad.filter((url) => route(url, '')?.to !== 'bad')).toEqual([])
  // Decoded once, never twice.
  expect(route('/%252e%252e', '')).toEqual({ to: 'file', path: '/%2e%2e' })
})

test('a base is written with or without its last slash', () => {
  expect(baseOf('/')).toBe('')
  expect(baseOf('/game')).toBe('/game')
  expect(baseOf('/a/b/')).toBe('/a/b')
  for (const bad of ['', 'game', '//', '/a b', '/../x', '/a/..', 'http://x/'])
    expect(() => baseOf(bad)).toThrow(TypeError)
})
