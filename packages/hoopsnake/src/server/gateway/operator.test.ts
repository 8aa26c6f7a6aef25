import { expect, test } from 'vitest'
import { operatorGuard } from './operator.ts'

const request = (remoteAddress: string, headers: Record<string, string> = {}) =>
  ({ headers: { host: 'localhost:8080', ...headers }, socket: { remoteAddress } }) as never

test('[OP6] without a token this machine may ask, by a name of its own', () => {
  const guard = operatorGuard()
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
    expect([address, guard(request(address))]).toEqual([address, undefined])
  for (const host of ['localhost', '127.0.0.1:8080', '[::1]:80', 'LOCALHOST'])
    expect(guard(request('::1', { host }))).toBeUndefined()
})

test('[OP6] without a token nobody else may, nor anybody through a proxy, nor a page by its own name', () => {
  const guard = operatorGuard()
  const others = [
    request('10.0.0.1'),
    request('192.0.2.7', { host: 'localhost' }),
    request('::ffff:10.0.0.1'),
    request('128.0.0.1'),
    request(''),
    request('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }),
    request('127.0.0.1', { forwarded: 'for=127.0.0.1' }),
    request('127.0.0.1', { 'x-real-ip': '10.0.0.1' }),
    request('127.0.0.1', { via: '1.1 proxy' }),
    request('127.0.0.1', { host: 'evil.example:8080' }),
    request('127.0.0.1', { host: 'localhost.evil.example' }),
    request('10.0.0.1', { authorization: 'Bearer undefined' }),
  ]
  expect(others.map((one) => guard(one)?.status)).toEqual(others.map(() => 403))
})

test('[OP6] with a token, whoever brings it may, from anywhere, and nobody else', () => {
  const guard = operatorGuard({ token: 'correct horse battery'.replaceAll(' ', '-') })
  const bearing = (authorization: string) => guard(request('203.0.113.7', { authorization, host: 'x' }))
  expect(bearing('Bearer correct-horse-battery')).toBeUndefined()
  expect(bearing('bearer  correct-horse-battery')).toBeUndefined()
  for (const wrong of [
    '',
    'Bearer',
    'Bearer correct-horse-batterx',
    'Basic correct-horse-battery',
    'correct-horse-battery',
  ])
    expect(bearing(wrong)).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
  expect(guard(request('127.0.0.1'))?.status).toBe(401)
})

test('[OP6] a token that could be guessed is refused with words', () => {
  for (const token of ['', 'fifteen letters'])
    expect(() => operatorGuard({ token })).toThrow(/operator.token: give at least 16 characters/)
})
