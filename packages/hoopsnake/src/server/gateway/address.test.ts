import { describe, expect, test } from 'vitest'
import { groupOf, plainAddress, senderFinder } from './address.ts'

const forwarded = (text: string) => ({ 'x-forwarded-for': text })

describe('[SF1] without `proxies`', () => {
  const find = senderFinder()

  test('[SF1] the address is the other end of the connection, whatever headers say', () => {
    const { address } = find('203.0.113.7', forwarded('198.51.100.1'))
    expect(address).toBe('203.0.113.7')
    expect(find('::ffff:203.0.113.7', {}).address).toBe('203.0.113.7')
    expect(find(undefined, {})).toEqual({ address: '', group: '', crowd: true })
  })

  test('[SF1] a private address that forwards is a crowd, a public one is not', () => {
    for (const peer of [
      '127.0.0.1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '::1',
      'fd00::1',
      'fe80::1%eth0',
    ]) {
      expect([peer, find(peer, forwarded('198.51.100.1')).crowd]).toEqual([peer, true])
      expect([peer, find(peer, {}).crowd]).toEqual([peer, false])
    }
    expect(find('10.0.0.1', { forwarded: 'for=198.51.100.1' }).crowd).toBe(true)
    for (const peer of ['203.0.113.7', '172.32.0.1', '2001:db8::1'])
      expect([peer, find(peer, forwarded('198.51.100.1')).crowd]).toEqual([peer, false])
  })
})

describe('[SF1] with a number of proxies', () => {
  test.each([
    [1, '198.51.100.1', '198.51.100.1'],
    [1, '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    [2, '6.6.6.6, 198.51.100.1, 10.0.0.9', '198.51.100.1'],
    // Somebody who came by without one of them: what is known for sure.
    [2, '198.51.100.1', '198.51.100.1'],
    [1, '', '10.0.0.1'],
    [1, 'unknown', '10.0.0.1'],
    [1, '198.51.100.1:5000', '198.51.100.1'],
    [1, '[2001:db8::1]:5000', '2001:db8::1'],
    [1, '::ffff:c633:6401', '198.51.100.1'],
    [0, '198.51.100.1', '10.0.0.1'],
  ])('[SF1] %i of them and %j: %s', (proxies, header, address) => {
    expect(senderFinder(proxies)('10.0.0.1', forwarded(header)).address).toBe(address)
  })

  test('[SF1] a client behind a known proxy is counted for itself', () => {
    expect(senderFinder(1)('127.0.0.1', forwarded('198.51.100.1'))).toEqual({
      address: '198.51.100.1',
      group: '198.51.100.1',
      crowd: false,
    })
  })
})

describe('[SF1] with the addresses of proxies', () => {
  const find = senderFinder(['10.0.0.0/8', '2001:db8:f::/48', '192.0.2.1'])
  test.each([
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '6.6.6.6, 198.51.100.1, 10.2.2.2, 192.0.2.1', '198.51.100.1'],
    ['2001:db8:f::9', '2001:db8:1::1', '2001:db8:1::1'],
    ['203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['10.0.0.1', '10.0.0.2', '10.0.0.2'],
  ])('[SF1] %s that says %j: %s', (peer, header, address) => {
    expect(find(peer, forwarded(header)).address).toBe(address)
  })
})

test('[SF1] proxies that are none are refused with words', () => {
  for (const bad of [-1, 1.5, 17, NaN]) expect(() => senderFinder(bad)).toThrow(/proxies: .*give how many/)
  for (const bad of ['proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '::/129', ''])
    expect(() => senderFinder([bad])).toThrow(/is neither an address nor a network/)
})

test('[SF1] of IPv6 a /64 counts as one', () => {
  expect(groupOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(groupOf('2001:db8::1')).toBe('2001:db8::/64')
  expect(groupOf('2001:DB8:0:0:1::')).toBe('2001:db8::/64')
  expect(groupOf('fe80::1')).toBe('fe80::/64')
  expect(groupOf('::2')).toBe('::/64')
  expect(groupOf('::1')).toBe('::1')
  expect(groupOf('203.0.113.7')).toBe('203.0.113.7')
  expect(plainAddress('2001:DB8:0::1%eth0')).toBe('2001:db8::1')
  expect(plainAddress('nonsense')).toBeUndefined()
})
