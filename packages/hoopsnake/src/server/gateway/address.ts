import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'

/**
 * Whose word counts for where a client is: so many proxies in front of the server (0: none), or those at these
 * addresses and networks, e.g. `['10.0.0.0/8']`.
 */
export type Proxies = number | readonly string[]

/** Who sent a request, as far as it can be known. */
export interface Sender {
  /** Of the client; '' where there is none, as on a Unix socket. IPv4 is written as IPv4. */
  readonly address: string
  /** What is counted as one: the address, of IPv6 its /64, which is what one household or machine is given. */
  readonly group: string
  /**
   * Whether many may be behind this address: it is private, says that it forwards, and is not known as a proxy; or it
   * is none. Then nothing is counted against it, for that would hit everybody.
   */
  readonly crowd: boolean
}

/** Finds out who sent a request, from the other end of its connection and its headers. */
export type FindSender = (peer: string | undefined, headers: IncomingHttpHeaders) => Sender

/** Makes the way to find a sender. Throws with words on proxies that are none. */
export function senderFinder(proxies: Proxies = 0): FindSender {
  const isProxy = proxyTest(proxies)
  return (peer, headers) => {
    let address = plainAddress(peer ?? '') ?? ''
    let hops = 0
    // Each proxy adds whom it heard to the right end; what is left of the first that is not ours, anybody may have made up.
    const said = String(headers['x-forwarded-for'] ?? '').split(',')
    while (said.length > 0 && isProxy(address, hops)) {
      const before = plainAddress(said.pop()!.trim())
      if (before === undefined) break
      address = before
      hops++
    }
    const crowd = address === '' || (hops === 0 && forwards(headers) && isPrivate(address))
    return { address, group: groupOf(address), crowd }
  }
}

/** Headers by which a proxy says that it asks for somebody else. */
const FORWARDING = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'] as const

/** Whether a request says that it is another's: then nobody knows whose, though who sent it may be next to us. */
export function forwards(headers: IncomingHttpHeaders): boolean {
  return FORWARDING.some((name) => headers[name] !== undefined)
}

function proxyTest(proxies: Proxies): (address: string, hops: number) => boolean {
  if (typeof proxies === 'number') {
    if (!(Number.isInteger(proxies) && proxies >= 0 && proxies <= 16))
      throw new RangeError(`proxies: ${proxies}: give how many stand in front of the server, 0 to 16`)
    return (_, hops) => hops < proxies
  }
  const known = listOf(proxies)
  return (address) => known(address)
}

/** Makes a test for addresses of a list. Throws TypeError on an entry that is neither address nor network. */
function listOf(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    const most = family === 'ipv4' ? 32 : 128
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN
    if (isIP(address) === 0 || rest.length > 0 || !(length <= most)) {
      throw new TypeError(
        `proxies: '${entry}' is neither an address nor a network; write '10.0.0.1' or '10.0.0.0/8'`,
      )
    }
    list.addSubnet(address, length, family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** Addresses that are this machine's own. */
export const isLoopback: (address: string) => boolean = listOf(['127.0.0.0/8', '::1'])

/** Addresses that no client on the Internet has: RFC 1918, 3927, 4193, 4291. */
const isPrivate = listOf([
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
])

/** Takes port, brackets and zone off an address, and writes IPv4 as IPv4. Undefined: it is none. */
export function plainAddress(text: string): string | undefined {
  const [, inBrackets, beforePort] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? []
  const address = (inBrackets ?? beforePort ?? text).replace(/%.*$/, '')
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined
  const mapped = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(shortest(address))
  if (mapped === null) return shortest(address)
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** Gives what is counted as one with an address, see {@link Sender}. */
export function groupOf(address: string): string {
  if (isIP(address) !== 6 || isLoopback(address)) return address
  const [left = '', right] = shortest(address).split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = Array<string>(8 - head.length - tail.length).fill('0')
  return `${shortest(`${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::`)}/64`
}

/** Writes an IPv6 address as RFC 5952 asks. */
function shortest(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1)
}
