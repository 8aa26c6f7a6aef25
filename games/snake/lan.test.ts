import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { lanAddresses, qrCode } from './lan.ts'

const at = (address: string, family: 'IPv4' | 'IPv6' = 'IPv4', internal = false) =>
  ({ address, family, internal }) as NetworkInterfaceInfo

test('the addresses of the local network are told, those at home first', () => {
  expect(
    lanAddresses({
      lo: [at('127.0.0.1', 'IPv4', true), at('::1', 'IPv6', true)],
      eth0: [at('10.0.0.5'), at('fe80::1', 'IPv6')],
      wlan0: [at('192.168.1.23'), at('169.254.7.7')],
      docker0: [at('172.17.0.1')],
      'br-0123': [at('172.18.0.1')],
    }),
  ).toEqual(['192.168.1.23', '10.0.0.5'])
  expect(lanAddresses({})).toEqual([])
})

test('a QR code is square, and brings its own colours', () => {
  const lines = qrCode('http://192.168.1.23:8080/').split('\n')
  // Version 2 has 25 modules a side; with the border of one on each, two to a line.
  expect(lines).toHaveLength(14)
  for (const line of lines) {
    expect(line.startsWith('\x1b[97;40m') && line.endsWith('\x1b[0m')).toBe(true)
    expect(line.slice(8, -4)).toHaveLength(27)
  }
})
